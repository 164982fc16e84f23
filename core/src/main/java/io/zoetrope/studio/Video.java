package io.zoetrope.studio;

import java.awt.image.BufferedImage;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * A video that was made, in Java's heap. It needs no model and nothing native but FFmpeg for
 * writing: it outlives the {@link Zoetrope} that made it. Immutable; any number of threads may use
 * it.
 */
public interface Video {
  /** Pixels across. */
  int width();

  /** Pixels down. */
  int height();

  /** Frames per second. */
  double fps();

  /** What became of the order. */
  Summary summary();

  /** All frames, as {@link #frame} gives them; 3 bytes for each pixel more than this holds. */
  List<BufferedImage> frames();

  /**
   * One frame, of type {@link BufferedImage#TYPE_3BYTE_BGR} in sRGB, for the caller to keep.
   *
   * @param index from 0 to less than the {@linkplain Summary#frames number of frames}
   * @throws IndexOutOfBoundsException if there is no such frame
   */
  BufferedImage frame(int index);

  /** The content of a file of a format. */
  byte[] bytes(Format format);

  /**
   * Writes a file, which is replaced if it exists, and appears whole or not at all.
   *
   * @param file its ending says the format, as for {@link Order#to(Path)}
   * @throws io.zoetrope.error.UserError if the ending is of no format, the format cannot hold this
   *     size or rate, or the file cannot be written
   */
  void write(Path file);

  /**
   * Writes the content of a file of a format; the stream stays open.
   *
   * @throws java.io.UncheckedIOException if the stream does not take it
   */
  void write(OutputStream out, Format format);
}
