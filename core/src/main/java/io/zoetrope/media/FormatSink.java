package io.zoetrope.media;

import io.zoetrope.progress.Progress;

/**
 * Where frames go, one format each. Used by {@link VideoWriter}, which checks sizes and order and
 * moves the result to its place.
 */
interface FormatSink extends AutoCloseable {
  void write(Frame frame);

  /**
   * Everything to the disk; called once, after at least one frame.
   *
   * @param progress told of frames, where they are packed only now; may cancel
   */
  void finish(Progress progress);

  /** Frees native memory; called once, also after a failure. */
  @Override
  void close();
}
