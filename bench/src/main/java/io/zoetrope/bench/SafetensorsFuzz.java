package io.zoetrope.bench;

import com.sun.management.ThreadMXBean;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile.Entry;
import io.zoetrope.checkpoint.safetensors.SafetensorsHeader;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Damaged safetensors files by the million. Each is either read, and then exactly as {@link
 * HeaderOracle} reads it, or refused with a {@link UserError} of one line; no byte beyond the file
 * is asked for, and no more memory taken than the file's size accounts for.
 */
final class SafetensorsFuzz {
  static final List<String> OPTIONS = List.of("-n", "--seed", "--first", "--disk", "--oracle");

  /** Heap for a header: names, lists and maps for its entries; the rest is for a message. */
  private static final long HEAP_PER_BYTE = 24;

  private static final long HEAP_AT_LEAST = 24 << 10;

  private final long seed;
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private long read;
  private long refused;
  private long disk;
  private long compared;
  private double heapPerByte;

  private SafetensorsFuzz(long seed) {
    this.seed = seed;
  }

  /** Something that must not happen, with what is needed to see it again. */
  static final class Found extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Found(long number, String what, @org.jspecify.annotations.Nullable Throwable cause) {
      super("case " + number + ": " + what, cause);
    }
  }

  /** Runs by options; one line says what came of it. */
  static void main(List<String> words) {
    Arguments a = new Arguments(words, OPTIONS);
    int n = a.whole("-n", 1, 1_000_000);
    int first = a.whole("--first", 0, 0);
    int every = a.whole("--disk", 1, 50);
    int oracle = a.whole("--oracle", 1, 16);
    long start = System.nanoTime();
    String result = run(first, n, a.whole("--seed", 0, 1), every, oracle);
    System.out.printf(Locale.ROOT, "%s; %.0f s%n", result, (System.nanoTime() - start) / 1e9);
  }

  /**
   * Runs cases.
   *
   * @param every so many goes through a file on disk, mapped and read by libtorch
   * @param oracle every so many that are refused is shown to the oracle, which must refuse it too
   * @return what happened, in a line
   * @throws Found at the first thing that must not happen
   */
  static String run(long first, long n, long seed, int every, int oracle) {
    SafetensorsFuzz fuzz = new SafetensorsFuzz(seed);
    try {
      Path folder = Files.createTempDirectory("fuzz");
      Path file = folder.resolve("case.safetensors");
      try {
        for (long i = first; i < first + n; i++) {
          fuzz.one(i, i % every == 0 ? Optional.of(file) : Optional.empty(), i % oracle == 0);
        }
      } finally {
        Files.deleteIfExists(file);
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return String.format(
        Locale.ROOT,
        "%d cases, seed %d: %d read, %d refused (%d of all held against a second reader, %d through"
            + " the disk); no crash, no byte beyond a file, at most %.1f bytes of heap a byte of"
            + " file (of 4 KiB or more)",
        n,
        seed,
        fuzz.read,
        fuzz.refused,
        fuzz.compared,
        fuzz.disk,
        fuzz.heapPerByte);
  }

  private void one(long number, Optional<Path> path, boolean oracle) {
    // One multiplication by an odd constant keeps neighbours apart: case i is case i on every run.
    byte[] file =
        MutatedFile.make(
            new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number * 0xD1342543DE82EF95L));
    Optional<SafetensorsHeader> header = header(number, file);
    if (header.isPresent() || oracle) {
      compare(number, file, header);
    }
    if (path.isPresent()) {
      disk++;
      disk(number, file, path.get(), header);
    }
  }

  private Optional<SafetensorsHeader> header(long number, byte[] file) {
    long allowed = HEAP_AT_LEAST + HEAP_PER_BYTE * file.length;
    Outcome outcome = attempt(number, file);
    if (outcome.heap > allowed) {
      outcome = attempt(number, file); // the first of a kind also pays for the loading of classes
    }
    if (outcome.heap > allowed) {
      throw new Found(number, outcome.heap + " bytes of heap for a file of " + file.length, null);
    }
    if (file.length >= 4096) {
      heapPerByte = Math.max(heapPerByte, (double) outcome.heap / file.length);
    }
    if (outcome.header.isPresent()) {
      read++;
    } else {
      refused++;
    }
    return outcome.header;
  }

  private record Outcome(Optional<SafetensorsHeader> header, long heap) {}

  private Outcome attempt(long number, byte[] file) {
    BoundedChannel channel = new BoundedChannel(file);
    long before = threads.getCurrentThreadAllocatedBytes();
    Optional<SafetensorsHeader> header = Optional.empty();
    try {
      header = Optional.of(SafetensorsHeader.read("the file", channel));
    } catch (UserError e) {
      requireLine(number, e);
    } catch (IOException | RuntimeException | Error e) {
      throw new Found(number, "the reader fell over", e);
    }
    long heap = threads.getCurrentThreadAllocatedBytes() - before;
    if (channel.overrun()) {
      throw new Found(number, "the reader asked for bytes beyond the end", null);
    }
    return new Outcome(header, heap);
  }

  private static void requireLine(long number, UserError e) {
    String message = String.valueOf(e.getMessage());
    if (message.indexOf('\n') >= 0 || message.indexOf('\r') >= 0 || message.length() > 600) {
      throw new Found(number, "the message is no line", e);
    }
  }

  private void compare(long number, byte[] file, Optional<SafetensorsHeader> header) {
    compared++;
    Optional<Map<String, Entry>> other = HeaderOracle.read(file);
    Optional<Map<String, Entry>> ours = header.map(SafetensorsHeader::entries);
    if (!ours.equals(other)) {
      throw new Found(number, "read as " + ours + " and as " + other, null);
    }
  }

  private static void disk(
      long number, byte[] file, Path path, Optional<SafetensorsHeader> expected) {
    try {
      Files.write(path, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (SafetensorsFile open = Safetensors.open(path)) {
      SafetensorsHeader header =
          expected.orElseThrow(() -> new Found(number, "the disk reads what memory refused", null));
      Scopes.run(() ->
          open.entries()
              .forEach((name, entry) -> {
                int start = (int) (header.dataStart() + entry.begin());
                int end = (int) (header.dataStart() + entry.end());
                if (!Arrays.equals(
                    Tensors.toBytes(open.tensor(name)), Arrays.copyOfRange(file, start, end))) {
                  throw new Found(number, "tensor '" + name + "' has other bytes", null);
                }
              }));
    } catch (UserError e) {
      requireLine(number, e);
      if (expected.isPresent()) {
        throw new Found(number, "the disk refuses what memory read", e);
      }
    }
  }
}
