package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.Take;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.pipeline.order.TaskSpec;
import io.zoetrope.pipeline.order.VideoOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The videos that one command makes, one after another: every prompt by every seed.
 *
 * @param videos at least one
 */
record Batch(List<Video> videos) {
  /** Videos of one command. */
  private static final int MOST = 10_000;

  /**
   * One of them.
   *
   * @param order with its seed
   * @param take for its name
   */
  record Video(VideoOrder order, Take take) {}

  Batch {
    videos = List.copyOf(videos);
  }

  /**
   * Of one order by several prompts and seeds.
   *
   * @param prompts each for a video of its own
   * @throws UsageError if they cannot be made one after another
   */
  static Batch of(VideoOrder first, List<List<String>> prompts, List<Long> seeds) {
    long count = (long) prompts.size() * seeds.size();
    if (count > MOST) {
      throw new UsageError(
          "%s prompts by %s seeds are %s videos: ask for at most %s"
              .formatted(prompts.size(), seeds.size(), count, MOST));
    }
    boolean endless =
        first.task().abilities().contains(TaskSpec.Ability.GROWS)
            && first.wish().frames().isEmpty();
    if (count > 1 && endless) {
      throw new UsageError("a video without end is one: say --frames to make several");
    }
    List<Video> videos = new ArrayList<>();
    for (int p = 0; p < prompts.size(); p++) {
      for (long seed : seeds) {
        VideoOrder order = first.withWish(first.wish().withPrompts(prompts.get(p)).withSeed(seed));
        String title = order.task().title(order.wish());
        videos.add(new Video(order, new Take(title, p + 1, prompts.size(), seed, seeds.size())));
      }
    }
    return new Batch(videos);
  }

  boolean single() {
    return videos.size() == 1;
  }

  /** What tells one of them from the others. */
  String words(Video video) {
    boolean several = video.take().prompts() > 1;
    String seed = "seed " + video.take().seed();
    return several ? "\"%s\", %s".formatted(video.order().wish().prompt(), seed) : seed;
  }

  List<Take> takes() {
    return videos.stream().map(Video::take).toList();
  }
}
