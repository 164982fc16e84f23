package io.zoetrope.studio;

import io.zoetrope.media.OutputFormat;

/** What a video is written as. */
public enum Format {
  /** H.264: plays everywhere. Both sides are even. */
  MP4(OutputFormat.MP4),
  /** VP9 in WebM: better quality for the same bytes, slower to encode. */
  WEBM(OutputFormat.WEBM),
  /** 256 colours chosen for the clip; loops for ever; at most 50 frames per second. */
  GIF(OutputFormat.GIF),
  /** Animated WebP: full colour, loops for ever. */
  WEBP(OutputFormat.WEBP),
  /** One picture; of several frames, a contact sheet. */
  PNG(OutputFormat.PNG),
  /** One picture with a little loss; of several frames, a contact sheet. */
  JPEG(OutputFormat.JPEG);

  private final OutputFormat format;

  Format(OutputFormat format) {
    this.format = format;
  }

  OutputFormat output() {
    return format;
  }

  /** The ending of a file's name, with its dot: {@code .mp4}. */
  public String ending() {
    return format.ending();
  }
}
