package io.zoetrope.network.vae;

import java.util.OptionalLong;

/**
 * Room for the frames of a clip that are decoded together.
 *
 * @param bytes that decoding may take; empty where nobody knows what is left
 */
record ChunkRoom(OptionalLong bytes) {
  /** Frames that chunks share, over which one fades into the other (docs/video-autoencoders.md). */
  static final int OVERLAP = 4;

  /** Of the memory that is left, what decoding may take. */
  private static final double SHARE = 0.7;

  /** Where so much memory is left. */
  static ChunkRoom of(OptionalLong left) {
    return new ChunkRoom(
        left.isPresent() ? OptionalLong.of((long) (SHARE * left.getAsLong())) : left);
  }

  /**
   * As many frames as fit.
   *
   * @param fixed bytes whatever the clip
   * @param perFrame bytes of each frame beside
   * @param least frames, whether they fit or not; more than are shared
   */
  Autoencoder.Stretch stretch(long fixed, long perFrame, int least) {
    long fits = bytes.isPresent() ? (bytes.getAsLong() - fixed) / perFrame : Integer.MAX_VALUE;
    return new Autoencoder.Stretch((int) Math.clamp(fits, least, Integer.MAX_VALUE), 0, OVERLAP);
  }
}
