package io.zoetrope.torch;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A file as a tensor of its bytes, paged in on demand. */
public final class MappedFile {
  private static final long PAGE = 4096;

  /** Below this a tensor's pages are not worth the look where they are. */
  private static final long WORTH = 256 * PAGE;

  private static final int MADV_DONTNEED = 4;
  private static final Path MAPS = Path.of("/proc/self/maps");

  private MappedFile() {}

  /**
   * Maps the first bytes of a file, uint8. The map lives as long as any tensor that views it;
   * writing to it changes memory only, and until {@link #release}. The file must not be truncated
   * meanwhile (replacing it by a rename is harmless).
   *
   * @param bytes 1..size of the file
   */
  public static Tensor map(Path file, long bytes) {
    return torch.from_file(
        file.toString(),
        new BoolOptional(false),
        new LongOptional(bytes),
        new TensorOptions(ScalarType.Byte));
  }

  /**
   * Gives the memory back under a tensor that lies in a mapped file and has been read: it is read
   * from there again if it is needed again. Nothing happens to any other tensor, to a small one, or
   * where the system is not Linux.
   *
   * @param t contiguous; of a map that nobody has written to
   */
  public static void release(Tensor t) {
    release(List.of(t));
  }

  /** As above for many at once: where they lie is looked up once. */
  public static void release(Collection<Tensor> tensors) {
    if (Native.ADVISE.isEmpty()) {
      return;
    }
    List<Tensor> worth =
        tensors.stream()
            .map(PackedTensor::held)
            .filter(t -> t.numel() * t.element_size() >= WORTH)
            .filter(t -> t.is_contiguous() && t.device().is_cpu())
            .toList();
    if (worth.isEmpty()) {
      return;
    }
    List<Span> files = files();
    for (Tensor t : worth) {
      long begin = t.data_ptr().address();
      long end = begin + t.numel() * t.element_size();
      if (files.stream().anyMatch(f -> f.begin <= begin && end <= f.end)) {
        release(begin, end);
      }
    }
  }

  /** Addresses from begin to before end. */
  private record Span(long begin, long end) {}

  private static void release(long begin, long end) {
    long first = (begin + PAGE - 1) / PAGE * PAGE;
    long last = end / PAGE * PAGE;
    try {
      int failed =
          (int)
              Native.ADVISE
                  .get()
                  .invokeExact(MemorySegment.ofAddress(first), last - first, MADV_DONTNEED);
      assert failed == 0 || failed == -1; // a hint: it may be refused
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the system says are private maps of files. */
  private static List<Span> files() {
    try (var lines = Files.lines(MAPS)) {
      return lines
          .filter(line -> ofFile(line.substring(line.indexOf(' ') + 1)))
          .map(line -> {
            // begin-end perms offset device inode path
            int dash = line.indexOf('-');
            long from = Long.parseUnsignedLong(line, 0, dash, 16);
            long to = Long.parseUnsignedLong(line, dash + 1, line.indexOf(' '), 16);
            return new Span(from, to);
          })
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static boolean ofFile(String rest) {
    String[] words = rest.strip().split("\\s+", 5);
    return words.length == 5
        && words[0].endsWith("p")
        && !words[3].equals("0")
        && words[4].startsWith("/");
  }

  private static final class Native {
    static final Optional<MethodHandle> ADVISE =
        Files.isReadable(MAPS)
            ? Linker.nativeLinker()
                .defaultLookup()
                .find("madvise")
                .map(address ->
                    Linker.nativeLinker()
                        .downcallHandle(
                            address,
                            FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT)))
            : Optional.empty();
  }
}
