package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.Input;
import io.zoetrope.jobs.Jobs;
import java.nio.file.Path;
import java.util.Map;

/**
 * Opens strangers' files, in a process of its own that has little memory and little time, one at a
 * time. Any number of threads may call it; each waits for its turn. A file that kills the process
 * is refused like any other that cannot be read.
 *
 * <p>All methods throw {@link MediaException} for a file that will not do.
 */
public final class MediaProcess implements Jobs.Look, AutoCloseable {
  /** What is taken, and no more. */
  private final MediaLimits limits;

  /** Starts nothing yet. */
  public MediaProcess(MediaLimits limits) {
    this.limits = limits;
  }

  /**
   * Says what a file is: its kind, size, frames and rate. A plan is read as one.
   *
   * @throws MediaException if it is none of {@code png}, {@code jpeg}, {@code webp}, {@code gif},
   *     {@code mp4}, {@code webm}, {@code plan}, or is damaged or beyond the limits
   */
  @Override
  public Input at(Path file, String sha256, long bytes) {
    throw new UnsupportedOperationException("not yet: " + limits);
  }

  /**
   * The texts that a file carries, by their keys in lower case: {@code zoetrope} has an order of
   * ours, {@code parameters} A1111's, {@code prompt} and {@code workflow} ComfyUI's. At most 4 MiB;
   * empty if there are none.
   */
  public Map<String, String> recall(Path file) {
    throw new UnsupportedOperationException("not yet: " + limits);
  }

  /** A WebP of its first frame, at most 320 pixels long. */
  public byte[] thumbnail(Path file) {
    throw new UnsupportedOperationException("not yet: " + limits);
  }

  @Override
  public void close() {}
}
