package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process takes of files: which formats and codecs, how many pixels and streams. A process
 * that opens what strangers gave is narrowed once, before it opens anything, and stays so.
 *
 * @param formats of files, as FFmpeg calls those that take them apart
 * @param codecs that may decode, by FFmpeg's names; empty for all
 * @param pixels of a frame at most
 * @param streams in a file at most
 */
public record Intake(List<String> formats, List<String> codecs, long pixels, int streams) {
  /**
   * Everything that people have. Not among it: playlists, which would fetch other files, and what
   * sees a picture in any text.
   */
  public static final Intake ALL =
      new Intake(
          List.of(
              "mov",
              "mp4",
              "m4a",
              "3gp",
              "matroska",
              "webm",
              "avi",
              "gif",
              "apng",
              "mpeg",
              "mpegts",
              "mpegvideo",
              "flv",
              "asf",
              "ogg",
              "ivf",
              "nut",
              "mxf",
              "dv",
              "yuv4mpegpipe",
              "h264",
              "hevc",
              "mjpeg",
              "obu",
              "image2",
              "png_pipe",
              "jpeg_pipe",
              "bmp_pipe",
              "webp_pipe",
              "tiff_pipe",
              "wav",
              "mp3",
              "flac",
              "aac"),
          List.of(),
          Integer.MAX_VALUE,
          1000);

  /** What browsers and phones make: few decoders, which many have tried to break. */
  public static final Intake STRANGERS =
      new Intake(
          List.of(
              "mov",
              "mp4",
              "m4a",
              "3gp",
              "matroska",
              "webm",
              "gif",
              "apng",
              "png_pipe",
              "jpeg_pipe",
              "webp_pipe"),
          List.of(
              "h264",
              "hevc",
              "vp8",
              "vp9",
              "av1",
              "libdav1d",
              "mpeg4",
              "gif",
              "png",
              "apng",
              "mjpeg",
              "webp",
              "aac",
              "opus",
              "vorbis",
              "mp3",
              "mp3float"),
          16_777_216,
          8);

  private static volatile Intake current = ALL;

  public Intake {
    formats = List.copyOf(formats);
    codecs = List.copyOf(codecs);
  }

  /** Narrows this process to so much. */
  public static void only(Intake intake) {
    current = intake;
  }

  /** What this process takes. */
  static Intake current() {
    return current;
  }

  /** This with another bound of a frame's pixels. */
  public Intake pixels(long most) {
    return new Intake(formats, codecs, most, streams);
  }

  /** This with another bound of streams. */
  public Intake streams(int most) {
    return new Intake(formats, codecs, pixels, most);
  }

  /**
   * Refuses larger frames, before any is decoded.
   *
   * @throws UserError if they are
   */
  void requirePixels(Path path, long width, long height) {
    if (width * height > pixels) {
      throw new UserError(
          Fault.TOO_LARGE,
          "'%s' has %sx%s pixels, and at most %s are taken".formatted(path, width, height, pixels));
    }
  }
}
