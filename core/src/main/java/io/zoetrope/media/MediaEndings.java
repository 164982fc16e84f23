package io.zoetrope.media;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Endings of files that can be read: what a folder takes for videos and pictures. */
public final class MediaEndings {
  private static final Set<String> PICTURES =
      Set.of("png", "jpg", "jpeg", "jpe", "jfif", "bmp", "webp", "tif", "tiff", "avif");

  private static final Set<String> VIDEOS =
      Set.of(
          "3g2", "3gp", "apng", "asf", "avi", "dv", "f4v", "flv", "gif", "m1v", "m2ts", "m2v",
          "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mpv", "mts", "mxf", "ogv", "qt", "ts", "vob",
          "webm", "wmv", "y4m");

  private MediaEndings() {}

  /** What follows the last dot of a name, in lower case; empty without one. */
  public static String of(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  /** Whether a file's name says that it is a video or picture; hidden files are neither. */
  public static boolean isMedia(Path path) {
    String name = String.valueOf(path.getFileName());
    return !name.startsWith(".") && (isPicture(name) || VIDEOS.contains(of(name)));
  }

  /** Whether a file's name says that it is a picture. */
  static boolean isPicture(String name) {
    return PICTURES.contains(of(name));
  }
}
