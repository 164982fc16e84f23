package io.zoetrope.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which of libtorch's operators a thread asks for, and how long each takes by itself: libtorch's
 * own record ({@code RecordProfile}, a trace of Chrome), from the making of this to {@link #end}.
 * Forward and backward passes are in it, what is computed past libtorch is not.
 */
final class OperatorTrace {
  /** Far more than the native object takes. */
  private static final long ROOM = 1 << 14;

  private static final String NAME = "_ZN5torch8autograd8profiler13RecordProfile";
  private static final String OPEN =
      NAME + "C1ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE";
  private static final String CLOSE = NAME + "D1Ev";

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment record = arena.allocate(ROOM, 64);
  private final Path file;
  private final long since;

  /**
   * @param calls how often
   * @param seconds without the operators within
   */
  record Spent(long calls, double seconds) {
    Spent plus(double more) {
      return new Spent(calls + 1, seconds + more);
    }
  }

  /**
   * @param seconds from beginning to end
   * @param operators by name, the longest first
   */
  record Trace(double seconds, Map<String, Spent> operators) {}

  OperatorTrace() {
    try {
      file = Files.createTempFile("operators", ".json");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    call(OPEN, record, string(file.toString()));
    since = System.nanoTime();
  }

  /** On the thread that has begun. */
  Trace end() {
    double seconds = (System.nanoTime() - since) * 1e-9;
    call(CLOSE, record);
    arena.close();
    try {
      JsonNode events = JsonMapper.shared().readTree(Files.readString(file));
      Files.delete(file);
      return new Trace(seconds, operators(events));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Event(String name, double from, double to, String thread) {}

  private static Map<String, Spent> operators(JsonNode trace) {
    List<Event> events = new ArrayList<>();
    trace.forEach(node -> {
      if (node.path("ph").asString("").equals("X")) {
        double from = node.path("ts").asDouble();
        events.add(
            new Event(
                node.path("name").asString(),
                from,
                from + node.path("dur").asDouble(),
                node.path("tid").asString("")));
      }
    });
    events.sort(
        Comparator.comparing(Event::thread)
            .thenComparingDouble(Event::from)
            .thenComparing(Comparator.comparingDouble(Event::to).reversed()));
    Map<String, Spent> spent = new LinkedHashMap<>();
    Deque<Event> open = new ArrayDeque<>();
    for (Event event : events) {
      while (!open.isEmpty()
          && (!open.peek().thread.equals(event.thread) || open.peek().to <= event.from)) {
        open.pop();
      }
      double own = (event.to - event.from) * 1e-6;
      spent.merge(event.name, new Spent(1, own), (a, b) -> a.plus(b.seconds));
      if (!open.isEmpty()) {
        spent.computeIfPresent(open.peek().name, (name, s) -> new Spent(s.calls, s.seconds - own));
      }
      open.push(event);
    }
    Map<String, Spent> sorted = new LinkedHashMap<>();
    spent.entrySet().stream()
        .sorted(Comparator.comparingDouble(e -> -e.getValue().seconds))
        .forEach(e -> sorted.put(e.getKey(), e.getValue()));
    return sorted;
  }

  /** A {@code std::string} of libstdc++: where its bytes are, how many, how many fit. */
  private MemorySegment string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    MemorySegment content = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, content, ValueLayout.JAVA_BYTE, 0, bytes.length);
    MemorySegment string = arena.allocate(32, 8);
    string.set(ValueLayout.ADDRESS, 0, content);
    string.set(ValueLayout.JAVA_LONG, 8, bytes.length);
    string.set(ValueLayout.JAVA_LONG, 16, bytes.length);
    return string;
  }

  private static void call(String symbol, MemorySegment... arguments) {
    Loader.load(torch.class);
    SymbolLookup symbols =
        SymbolLookup.libraryLookup(Loader.getLoadedLibraries().get("torch_cpu"), Arena.global());
    MemorySegment address =
        symbols
            .find(symbol)
            .orElseThrow(
                () -> new IllegalArgumentException("this libtorch keeps no record of operators"));
    ValueLayout[] types = new ValueLayout[arguments.length];
    Arrays.fill(types, ValueLayout.ADDRESS);
    try {
      Linker.nativeLinker()
          .downcallHandle(address, FunctionDescriptor.ofVoid(types))
          .invokeWithArguments((Object[]) arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(symbol, e);
    }
  }
}
