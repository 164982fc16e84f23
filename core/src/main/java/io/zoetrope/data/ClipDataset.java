package io.zoetrope.data;

/**
 * Captioned clips by index. Implementations are thread-safe, and the same index gives the same
 * clip.
 */
public interface ClipDataset {
  /** How many clips there are; {@link Long#MAX_VALUE} for a world without end. */
  long size();

  /**
   * @param index from 0 to {@code size() - 1}
   */
  Clip get(long index);
}
