package io.zoetrope.server;

import io.zoetrope.jobs.JobError;
import io.zoetrope.jobs.worker.Descriptions;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.server.videos.ServedModels;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The models of this machine, as {@code /v1/videos} wants to know them. */
record DescribedModels(Descriptions descriptions) implements ServedModels {
  @Override
  public List<Model> list() {
    return descriptions.models().stream().flatMap(DescribedModels::served).toList();
  }

  private static Stream<Model> served(Descriptions.Model model) {
    return model.usual().stream()
        .filter(usual -> model.fault().isEmpty())
        .map(usual ->
            new Model(model.name(), usual.width(), usual.height(), usual.frames(), usual.fps()));
  }

  @Override
  public Optional<Model> usual() {
    return descriptions.usualModel().flatMap(this::find);
  }

  @Override
  public Optional<JobError> objection(VideoOrder order) {
    return descriptions.estimate(order).error();
  }
}
