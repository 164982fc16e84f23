package io.zoetrope.torch;

import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import java.util.Locale;

/**
 * Java's own memory, in which frames lie as bytes, 3 for each pixel; tensors lie elsewhere
 * (docs/memory.md).
 */
public final class JavaHeap {
  /** Left to all that goes on beside. */
  private static final long SPARE = 48L << 20;

  private JavaHeap() {}

  /** Bytes of so many frames. */
  public static long bytes(long frames, int width, int height) {
    return Math.multiplyExact(frames, 3L * width * height);
  }

  /**
   * Requires room for more, before it is taken.
   *
   * @param bytes that will be held at once
   * @param what as in "60 frames of 1024x1024"
   * @throws UserError naming both figures and what to do, if there is none
   */
  public static void require(long bytes, String what) {
    if (bytes <= free()) {
      return;
    }
    if (bytes <= Runtime.getRuntime().maxMemory() - SPARE) {
      // What is used is partly rubbish: only a collection tells.
      System.gc();
    }
    long free = free();
    if (bytes > free) {
      throw new UserError(
          Fault.TOO_LARGE,
          "%s need %s of Java's memory, and %s are free"
              .formatted(what, megabytes(bytes), megabytes(Math.max(0, free))),
          Mend.of("take fewer or smaller ones, or ").and(Mend.Deed.MORE_HEAP));
    }
  }

  private static long free() {
    Runtime java = Runtime.getRuntime();
    return java.maxMemory() - java.totalMemory() + java.freeMemory() - SPARE;
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.0f MB", bytes / 1e6);
  }
}
