package io.zoetrope.pipeline.cascade;

import io.zoetrope.media.Video;
import org.bytedeco.pytorch.Tensor;

/** What one stage of a {@link Cascade} hands to the next. */
public sealed interface Handed {
  /**
   * A video.
   *
   * @param video as it was decoded
   */
  record Film(Video video) implements Handed {}

  /**
   * The embedding of a picture, which a prior makes of a text.
   *
   * @param e_1E [1, E], f32, as of pictures
   */
  record Embedding(Tensor e_1E) implements Handed {}
}
