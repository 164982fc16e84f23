package io.zoetrope.torch;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Keeps native code from printing to stdout, which belongs to results: Gloo greets there. For
 * programs that own their stdout; nothing that anybody in the process prints meanwhile is seen.
 * Does nothing where there are no POSIX file descriptors.
 */
public final class Hushed {
  private static final int STDOUT = 1;
  private static final int WRITE_ONLY = 1;
  private static final Optional<Hushed> HERE = find();

  private final MethodHandle open;
  private final MethodHandle dup;
  private final MethodHandle dup2;
  private final MethodHandle close;

  private Hushed(MethodHandle open, MethodHandle dup, MethodHandle dup2, MethodHandle close) {
    this.open = open;
    this.dup = dup;
    this.dup2 = dup2;
    this.close = close;
  }

  /** Runs something that prints; one at a time in a process. */
  public static <T> T during(Supplier<T> body) {
    return HERE.isPresent() ? HERE.get().hushed(body) : body.get();
  }

  private <T> T hushed(Supplier<T> body) {
    int kept = call(dup, STDOUT);
    int nowhere = nowhere();
    if (kept < 0 || nowhere < 0) {
      return body.get();
    }
    call(dup2, nowhere, STDOUT);
    try {
      return body.get();
    } finally {
      call(dup2, kept, STDOUT);
      call(close, nowhere);
      call(close, kept);
    }
  }

  private int nowhere() {
    try (Arena arena = Arena.ofConfined()) {
      return call(open, arena.allocateFrom("/dev/null"), WRITE_ONLY);
    }
  }

  private static int call(MethodHandle function, Object... arguments) {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException("a file descriptor", e);
    }
  }

  private static Optional<Hushed> find() {
    Linker linker = Linker.nativeLinker();
    SymbolLookup symbols = linker.defaultLookup();
    Optional<MemorySegment> open = symbols.find("open");
    Optional<MemorySegment> dup = symbols.find("dup");
    Optional<MemorySegment> dup2 = symbols.find("dup2");
    Optional<MemorySegment> close = symbols.find("close");
    if (open.isEmpty() || dup.isEmpty() || dup2.isEmpty() || close.isEmpty()) {
      return Optional.empty();
    }
    ValueLayout whole = ValueLayout.JAVA_INT;
    FunctionDescriptor one = FunctionDescriptor.of(whole, whole);
    FunctionDescriptor two = FunctionDescriptor.of(whole, whole, whole);
    FunctionDescriptor path = FunctionDescriptor.of(whole, ValueLayout.ADDRESS, whole);
    return Optional.of(
        new Hushed(
            linker.downcallHandle(open.get(), path, Linker.Option.firstVariadicArg(2)),
            linker.downcallHandle(dup.get(), one),
            linker.downcallHandle(dup2.get(), two),
            linker.downcallHandle(close.get(), one)));
  }
}
