package io.zoetrope.media;

import java.util.Optional;
import java.util.Set;

/** Source frames in order with their times; a file or a folder. */
interface FrameSource extends AutoCloseable {

  /** A source frame, not yet converted: resampling passes over many that nobody looks at. */
  interface Shown {
    /** Seconds from the first frame of the source. */
    double time();

    /** When it stops being shown. */
    double end();

    /** The pixels; valid until the second call of {@link FrameSource#next} after this frame's. */
    Frame frame();
  }

  VideoInfo info();

  /** What was changed in frames so far that the file did not announce, each in a few words. */
  Set<String> found();

  /**
   * Goes to the last point at or before {@code seconds} from which decoding can start, if it can.
   */
  void seek(double seconds);

  /** The next frame in the order of time. */
  Optional<Shown> next();

  @Override
  void close();
}
