package io.zoetrope.network.wan;

import io.zoetrope.network.Work;
import io.zoetrope.network.Work.Input;

/** Operations of a {@link WanTransformer}, as if every latent saw every other. */
final class WanWork {
  /** Tokens of a picture by CLIP ViT-H/14. */
  private static final int PICTURE = 257;

  private WanWork() {}

  static Work of(WanConfig config, Input in) {
    double width = config.features();
    long square = (long) WanConfig.PATCH * WanConfig.PATCH;
    double each =
        (double) in.frames() * (in.rows() / WanConfig.PATCH) * (in.columns() / WanConfig.PATCH);
    double tokens = in.batch() * each;
    double levels = (double) in.batch() * in.frames();
    double texts = (double) in.batch() * config.textLength().orElseThrow();
    double seen = config.pictures().map(p -> p.places() == 0 ? PICTURE : p.places()).orElse(0);
    double pictures = in.batch() * seen;
    double ends = Work.product(tokens, square * (config.channels() + config.gives()), width);
    double told =
        Work.product(levels, config.frequencies() + width + WanBlock.ROWS * width, width)
            + Work.product(texts, config.textWidth() + width, width)
            + config
                .pictures()
                .map(p -> Work.product(pictures, p.width(), p.width() + width))
                .orElse(0.0);
    // Query, key, value and output; query and output; key and value of text and pictures.
    double block =
        6 * Work.product(tokens, width, width)
            + 2 * Work.product(texts + pictures, width, width)
            + 2 * Work.product(tokens, width, config.hidden());
    double looks = Work.looking(tokens, each + config.textLength().orElseThrow() + seen, width);
    int blocks = config.depth() + config.vace().map(v -> v.layers().size()).orElse(0);
    double beside =
        config
            .vace()
            .map(v ->
                Work.product(tokens, square * v.channels(), width)
                    + (v.layers().size() + 1) * Work.product(tokens, width, width))
            .orElse(0.0);
    return new Work(ends + told + beside + blocks * block, 0, blocks * looks);
  }
}
