package io.zoetrope.media;

/**
 * Where frames go, one format each. Used by {@link VideoWriter}, which checks sizes and order and
 * moves the result to its place.
 */
interface FormatSink extends AutoCloseable {
  void write(Frame frame);

  /** Everything to the disk; called once, after at least one frame. */
  void finish();

  /** Frees native memory; called once, also after a failure. */
  @Override
  void close();
}
