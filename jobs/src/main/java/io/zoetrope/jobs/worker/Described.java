package io.zoetrope.jobs.worker;

import io.zoetrope.pipeline.order.VideoOrder;
import java.util.List;
import java.util.Optional;

/** What passes between {@link Descriptions} and its process. */
final class Described {
  private Described() {}

  /**
   * A question.
   *
   * @param order of which the need is asked; empty asks for all models
   */
  record Asked(Optional<VideoOrder> order) {}

  /** An answer: the models and what can be put into them, or an estimate. */
  record Answer(
      List<Descriptions.Model> described,
      List<Descriptions.Part> parts,
      List<String> annotators,
      Optional<Need> need) {}

  /**
   * What an order takes.
   *
   * @param bytes 0 if it is not known
   * @param available 0 if nobody knows
   * @param line for a person; may be empty
   */
  record Need(
      boolean fits,
      long bytes,
      long available,
      String line,
      Descriptions.Usual shape,
      Optional<Tell.End.Failed> error) {}
}
