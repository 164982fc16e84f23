package io.zoetrope.bench;

import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.text.TextConfig;

/**
 * Floating point operations of one forward pass, a multiplication and an addition counted as two.
 * Matrix products and attention only: norms, activations and rotations are left out, as they are in
 * published counts.
 *
 * @param products of activations with weights
 * @param attention of queries with keys, and of weights with values
 */
record Flops(double products, double attention) {
  double total() {
    return products + attention;
  }

  /** Forward and backward: each product has two more in the backward pass. */
  Flops training() {
    return new Flops(3 * products, 3 * attention);
  }

  Flops plus(Flops other) {
    return new Flops(products + other.products, attention + other.attention);
  }

  /**
   * What goes into a space-time transformer.
   *
   * @param batch clips
   * @param frames of each
   * @param rows of latents
   * @param columns of latents
   * @param words text tokens of each
   */
  record Input(long batch, long frames, long rows, long columns, long words) {}

  static Flops of(DitConfig config, Input in) {
    double width = config.width();
    double patch = config.channels() * (double) config.patch() * config.patch();
    long perFrame = in.rows / config.patch() * (in.columns / config.patch());
    double frames = (double) in.batch * in.frames;
    double tokens = frames * perFrame;
    double words = (double) in.batch * in.words;

    double ends = 2 * tokens * 2 * patch * width;
    double levels = 2 * frames * (256 * width + width * width + 9 * width * width);
    double pooled = 2.0 * in.batch * config.textWidth() * width;
    double moments =
        config.temporal() && config.frameEmbedding() ? 2.0 * in.frames * width * width : 0;

    // Query, key, value and output; feed-forward four times as wide, there and back.
    double space = 4 * 2 * tokens * width * width;
    double text = 2 * 2 * tokens * width * width + 2 * 2 * words * config.textWidth() * width;
    double time = config.temporal() ? space : 0;
    double feedForward = 2 * 2 * tokens * width * 4 * width;

    double looks = perFrame + in.words + (config.temporal() ? in.frames : 0);
    double attention = 2 * 2 * tokens * looks * width;
    return new Flops(
        ends + levels + pooled + moments + config.depth() * (space + text + time + feedForward),
        config.depth() * attention);
  }

  static Flops of(TextConfig config, long batch) {
    double tokens = (double) batch * config.length();
    double width = config.width();
    return new Flops(
        config.depth() * 2 * tokens * (4 * width * width + 2 * width * 4 * width),
        config.depth() * 2 * 2 * tokens * config.length() * width);
  }
}
