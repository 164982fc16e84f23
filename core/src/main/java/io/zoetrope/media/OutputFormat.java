package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a video can be written as. The ending of the file name says which. */
public enum OutputFormat {
  /** H.264 in MP4: plays everywhere. 4:2:0, so both sides must be even, at least 16. */
  MP4(".mp4"),
  /** VP9 in WebM: any size, better quality for the same bytes, slower to encode. */
  WEBM(".webm"),
  /** 256 colours chosen for the clip; loops for ever; at most 50 frames per second. */
  GIF(".gif"),
  /** Animated WebP: full colour, loops for ever. */
  WEBP(".webp"),
  /** One picture; of several frames, a contact sheet. */
  PNG(".png"),
  /** One picture with a little loss; of several frames, a contact sheet. */
  JPEG(".jpg"),
  /** A folder of numbered PNGs, lossless. */
  PNG_FOLDER(""),
  /** A folder of numbered JPEGs. */
  JPEG_FOLDER("");

  private final String ending;

  OutputFormat(String ending) {
    this.ending = ending;
  }

  /** File ending with its dot; empty for a folder. */
  public String ending() {
    return ending;
  }

  /**
   * Bytes of Java's heap that writing takes at its worst moment: what is on its way, and of a
   * contact sheet every frame.
   *
   * @param frames how many, or as many as are known of
   */
  public long heap(long frames, int width, int height) {
    // A frame as numbers and as bytes; a sheet as drawn, as bytes and as they are packed.
    return picture() && frames > 1
        ? Math.multiplyExact(frames, 11L * width * height)
        : 18L * width * height;
  }

  /** Whether it is one picture. */
  public boolean picture() {
    return this == PNG || this == JPEG;
  }

  /** Whether it is a folder of numbered pictures. */
  public boolean folder() {
    return this == PNG_FOLDER || this == JPEG_FOLDER;
  }

  /** Whether a file can grow in place, and play while it does ({@link WriteOptions.Durability}). */
  public boolean grows() {
    return this == MP4 || this == WEBM || this == GIF || folder();
  }

  /** Whether a file can hold sound beside its pictures. */
  public boolean sounds() {
    return this == MP4 || this == WEBM;
  }

  /**
   * The format that a path asks for: by its ending, else a folder if it has no ending or is one.
   *
   * @throws UserError if the ending is not one of ours
   */
  public static OutputFormat of(Path path) {
    Path last = path.getFileName();
    String name = last == null ? "" : last.toString().toLowerCase(Locale.ROOT);
    int dot = name.lastIndexOf('.');
    for (OutputFormat format : values()) {
      if (dot >= 0 && format.ends(name.substring(dot))) {
        if (dot == 0) {
          throw new UserError(
              Fault.INVALID, "'%s' is an ending without a name".formatted(path), "name a file");
        }
        return format;
      }
    }
    if (dot <= 0 || dot == name.length() - 1 || Files.isDirectory(path)) {
      return PNG_FOLDER;
    }
    throw new UserError(
        Fault.UNSUPPORTED,
        "cannot write '%s' files".formatted(name.substring(dot)),
        "end the name in .mp4, .webm, .gif, .webp, .png, .jpg, or '/' for a folder of PNGs");
  }

  private boolean ends(String written) {
    return written.equals(ending) || (this == JPEG && written.equals(".jpeg"));
  }

  /**
   * As {@link #of(Path)}; a text that ends in a slash asks for a folder whatever stands before it.
   */
  public static OutputFormat of(String path) {
    boolean folder = path.endsWith("/") || path.endsWith(File.separator);
    return folder ? PNG_FOLDER : of(Path.of(path));
  }
}
