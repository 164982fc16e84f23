package io.zoetrope.server.videos;

import io.zoetrope.jobs.JobError;
import io.zoetrope.pipeline.order.VideoOrder;
import java.util.List;
import java.util.Optional;

/** Which models requests may name. Any number of threads may ask. */
public interface ServedModels {
  /** All that can be used, by name. */
  List<Model> list();

  /** The one that is taken where a request names none. */
  Optional<Model> usual();

  /** What speaks against an order, as far as it is known before it is made. */
  default Optional<JobError> objection(VideoOrder order) {
    return Optional.empty();
  }

  /**
   * A model.
   *
   * @param name of it
   * @param width of what it makes if nothing is said, pixels
   * @param height of it
   * @param frames of it
   * @param fps of it
   */
  record Model(String name, int width, int height, int frames, double fps) {}

  /** One by its name. */
  default Optional<Model> find(String name) {
    return list().stream().filter(model -> model.name().equals(name)).findFirst();
  }
}
