package io.zoetrope.eval.features;

import org.bytedeco.pytorch.Tensor;

/** What a network sees in videos, as a vector for each. */
public interface VideoFeatures extends AutoCloseable {
  /**
   * Features of several videos of one size and length.
   *
   * @param x_B3FHW [B, 3, F, H, W] in [-1, 1], any size and length that the network takes
   * @return [B, D], f32; D is always the same
   */
  Tensor features(Tensor x_B3FHW);

  /** What this is, for tables: distances are comparable between equal names only. */
  String name();

  @Override
  void close();
}
