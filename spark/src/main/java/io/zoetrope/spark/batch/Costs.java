package io.zoetrope.spark.batch;

import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.model.ModelSketch;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.order.Sources;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import java.util.HashMap;
import java.util.Map;

/** What orders will take, by sketches of their models: no weight is read. */
final class Costs {
  private final Sources sources;
  private final Map<ModelChoice, ModelSketch> sketches = new HashMap<>();

  Costs(Sources sources) {
    this.sources = sources;
  }

  /**
   * Of one order.
   *
   * @param shape size, frames and steps
   * @param work frames by pixels by steps, twice with guidance
   * @param need bytes of memory
   */
  record Cost(String shape, double work, long need) {}

  /**
   * Estimates.
   *
   * @throws io.zoetrope.error.UserError if there is no such model, or it is damaged
   */
  Cost of(VideoOrder order) {
    String name = order.task().begins().orElse(order.model().name());
    ModelChoice choice =
        order.model().choice(sources.model(name), path -> sources.file(path.toString()));
    ModelSketch sketch = sketches.computeIfAbsent(order.task().choice(choice), ModelSketch::of);
    VideoRequest clip = clip(order.wish(), sketch);
    long frames = order.wish().frames().orElse(clip.frames());
    double pixels = (double) clip.width() * clip.height();
    double work = frames * pixels * clip.steps() * (clip.guidance() == 1 ? 1 : 2);
    String shape =
        "%sx%sx%s, %s steps".formatted(clip.width(), clip.height(), frames, clip.steps());
    return new Cost(shape, work, sketch.need(clip).total());
  }

  /** One clip of what is wished for; a longer video is made of several. */
  private static VideoRequest clip(Wish wish, ModelSketch sketch) {
    ModelIndex.Defaults own = sketch.defaults();
    VideoRequest usual = VideoRequest.of(wish.prompt(), 0, wish.sampler().map(own::by).orElse(own));
    int wanted = wish.frames().orElse(sketch.can(Ability.VIDEO) ? usual.frames() : 1);
    VideoRequest request =
        usual
            .withSteps(wish.steps().orElse(usual.steps()))
            .withGuidance(wish.guidance().orElse(usual.guidance()))
            .withFrames(sketch.grid().whole(Math.min(wanted, VideoRequest.MOST_FRAMES)));
    return wish.size().map(s -> request.withSize(s.width(), s.height())).orElse(request);
  }
}
