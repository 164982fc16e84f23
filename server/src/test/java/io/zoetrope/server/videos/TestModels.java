package io.zoetrope.server.videos;

import io.zoetrope.jobs.JobError;
import io.zoetrope.pipeline.order.VideoOrder;
import java.util.List;
import java.util.Optional;

/** Two models; the first takes no more than 1024 pixels a side. */
final class TestModels implements ServedModels {
  @Override
  public List<Model> list() {
    return List.of(new Model("toybox", 128, 128, 16, 8), new Model("other", 64, 64, 8, 4));
  }

  @Override
  public Optional<Model> usual() {
    return find("toybox");
  }

  @Override
  public Optional<JobError> objection(VideoOrder order) {
    return order.wish().size().filter(size -> size.width() > 1024).isPresent()
        ? Optional.of(
            new JobError(
                "does_not_fit",
                "this takes 90 GiB: size 512x512 would do",
                Optional.of("wish.size"),
                List.of()))
        : Optional.empty();
  }
}
