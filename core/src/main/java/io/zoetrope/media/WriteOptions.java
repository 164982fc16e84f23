package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.Optional;

/**
 * How a video is written.
 *
 * @param fps frames per second, above 0 and at most 1000
 * @param quality 1 (small file) to 100 (best); lossless formats and GIF pay it no heed
 * @param durability what stands on disk before {@link VideoWriter#commit()}
 * @param chroma colour resolution; {@link Chroma#FULL} only in WebM
 * @param metadata text that the file carries; a folder of pictures, in its first one
 * @param sound what is heard, in formats that hold any ({@link OutputFormat#sounds()})
 */
public record WriteOptions(
    double fps,
    int quality,
    Durability durability,
    Chroma chroma,
    VideoMetadata metadata,
    Optional<Sound> sound) {

  /** Good enough that nobody sees the codec: above 40 dB on smooth content. */
  public static final int DEFAULT_QUALITY = 90;

  /** What a reader finds at the target path while writing goes on, or after a crash. */
  public enum Durability {
    /** Nothing until the commit, then the whole file: it appears at once or not at all. */
    WHOLE,
    /**
     * The file grows in place and can be played up to its last half second at any moment, even if
     * the process is killed. For endless and overnight runs; MP4, WebM, GIF (a palette for each
     * frame) and PNG folders.
     */
    GROWING
  }

  /** Colour resolution of the encoded planes. */
  public enum Chroma {
    /** 4:2:0, which every player shows. */
    HALF,
    /** 4:4:4: sharp coloured edges; WebM only, and not every player. */
    FULL
  }

  public WriteOptions {
    if (!(fps > 0) || fps > 1000) {
      throw new UserError(
          Fault.INVALID, "frames per second must be above 0 and at most 1000, not " + fps);
    }
    if (quality < 1 || quality > 100) {
      throw new UserError(Fault.INVALID, "quality must be from 1 to 100, not " + quality);
    }
  }

  /** Good quality, whole or not at all. */
  public static WriteOptions at(double fps) {
    return new WriteOptions(
        fps, DEFAULT_QUALITY, Durability.WHOLE, Chroma.HALF, VideoMetadata.NONE, Optional.empty());
  }

  public WriteOptions quality(int value) {
    return new WriteOptions(fps, value, durability, chroma, metadata, sound);
  }

  public WriteOptions durability(Durability value) {
    return new WriteOptions(fps, quality, value, chroma, metadata, sound);
  }

  public WriteOptions chroma(Chroma value) {
    return new WriteOptions(fps, quality, durability, value, metadata, sound);
  }

  public WriteOptions metadata(VideoMetadata value) {
    return new WriteOptions(fps, quality, durability, chroma, value, sound);
  }

  public WriteOptions sound(Optional<Sound> value) {
    return new WriteOptions(fps, quality, durability, chroma, metadata, value);
  }
}
