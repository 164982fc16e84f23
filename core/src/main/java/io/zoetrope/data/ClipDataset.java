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

  /** The caption of a clip, which is not decoded for it. */
  String caption(long index);

  /**
   * What tells the picture of a clip from others of this set: as long as a print stays, so does
   * what is to be seen, whatever else is added, removed or renamed. It is not decoded for that.
   *
   * @throws io.zoetrope.error.UserError if its file cannot be read
   */
  String print(long index);
}
