package io.zoetrope.network.dit;

import io.zoetrope.network.Work;

/** Operations of a {@link SpaceTimeTransformer}. */
final class DitWork {
  private DitWork() {}

  static Work of(DitConfig config, Work.Input in) {
    double width = config.width();
    double patch = config.channels() * (double) config.patch() * config.patch();
    long perFrame = in.rows() / config.patch() * (in.columns() / config.patch());
    double frames = (double) in.batch() * in.frames();
    double tokens = frames * perFrame;
    double words = (double) in.batch() * in.words();

    double ends = 2 * Work.product(tokens, patch, width);
    double levels = Work.product(frames, 256 + width + 9 * width, width);
    double pooled = Work.product(in.batch(), config.textWidth(), width);
    double moments =
        config.temporal() && config.frameEmbedding() ? Work.product(in.frames(), width, width) : 0;

    // Query, key, value and output; feed-forward four times as wide, there and back.
    double space = 4 * Work.product(tokens, width, width);
    double text =
        2 * Work.product(tokens, width, width) + 2 * Work.product(words, config.textWidth(), width);
    double time = config.temporal() ? space : 0;
    double feedForward = 2 * Work.product(tokens, width, 4 * width);

    double looks = perFrame + in.words() + (config.temporal() ? in.frames() : 0);
    return new Work(
        ends + levels + pooled + moments + config.depth() * (space + text + time + feedForward),
        0,
        config.depth() * Work.looking(tokens, looks, width));
  }
}
