package io.zoetrope.network.wan;

import java.util.List;

/**
 * Polynomials by which the answer of a {@link WanTransformer} changes with its modulation, for
 * TeaCache: those that its authors fitted to Wan 2.1 (ali-vilab/TeaCache, {@code TeaCache4Wan2.1},
 * the variant that keeps the first steps), which authors of SkyReels-V2 and of Wan-Fun take for
 * theirs. Of Wan 2.2 none are published.
 */
final class WanChange {
  private static final List<Double> SMALL =
      List.of(-5.21862437e4, 9.23041404e3, -5.28275948e2, 1.36987616e1, -4.99875664e-2);
  private static final List<Double> LARGE =
      List.of(-3.03318725e5, 4.90537029e4, -2.65530556e3, 5.87365115e1, -3.15583525e-1);
  private static final List<Double> PICTURES_480 =
      List.of(2.57151496e5, -3.54229917e4, 1.40286849e3, -1.35890334e1, 1.32517977e-1);
  private static final List<Double> PICTURES_720 =
      List.of(8.10705460e3, 2.13393892e3, -3.72934672e2, 1.66203073e1, -4.17769401e-2);

  private static final int SMALL_WIDTH = 1536;
  private static final int LARGE_WIDTH = 5120;

  /** Between 832x480 and 1280x720: the two models for pictures have one shape. */
  private static final long MIDDLE = 650_000;

  private WanChange() {}

  /**
   * That of a shape; empty where none is known.
   *
   * @param pixels of a frame
   */
  static List<Double> of(WanConfig config, long pixels) {
    if (config.features() == SMALL_WIDTH) {
      return SMALL;
    }
    if (config.features() != LARGE_WIDTH) {
      return List.of();
    }
    if (config.pictures().isPresent()) {
      return pixels > MIDDLE ? PICTURES_720 : PICTURES_480;
    }
    // What is shown a clip beside without looking at pictures is of Wan 2.2.
    return config.channels() == config.gives() ? LARGE : List.of();
  }
}
