package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.JobError;
import io.zoetrope.pipeline.order.VideoOrder;
import java.util.List;
import java.util.Optional;

/**
 * What there is to choose from, and what an order will take: without loading a model, and without a
 * native library in this process. Any number of threads may call it.
 */
public final class Descriptions implements AutoCloseable {
  /** Of the models of this machine. */
  public Descriptions() {}

  /**
   * A model that an order can name.
   *
   * @param name by which
   * @param kind of pipeline; empty if it cannot be read
   * @param bytes of its weights
   * @param tasks that it can do, as {@code generate}
   * @param usual what it makes where an order says nothing; empty if it cannot be read
   * @param sizes that it makes, as {@code 128x128}, the usual one first
   * @param samplers that it can be sampled by, its own first
   * @param only all that it knows to show, in words that go on a sentence; may be empty
   * @param fault why it cannot be used; empty if it can
   */
  public record Model(
      String name,
      String kind,
      long bytes,
      List<String> tasks,
      Optional<Usual> usual,
      List<String> sizes,
      List<String> samplers,
      String only,
      Optional<String> fault) {}

  /** What a model makes where an order says nothing. */
  public record Usual(
      int width, int height, int frames, double fps, int steps, double guidance, String sampler) {}

  /**
   * What an order will take.
   *
   * @param fits whether there is memory for it
   * @param bytes of memory at the worst moment; 0 where that is not known
   * @param available bytes that a worker may have; empty where nobody knows
   * @param line for a person
   * @param shape what will be made; {@code steps} and the rest are 0 where that is not known
   * @param guidance that will be used
   * @param sampler that will be used; empty where that is not known
   * @param error why it cannot be made
   */
  public record Estimate(
      boolean fits,
      long bytes,
      Optional<Long> available,
      String line,
      Usual shape,
      double guidance,
      String sampler,
      Optional<JobError> error) {}

  /** Every model of this machine, sorted by name; those that cannot be used say why. */
  public List<Model> models() {
    throw new UnsupportedOperationException("not yet");
  }

  /** The model that is taken where nobody names one: {@code toybox} if it is there. */
  public Optional<String> usualModel() {
    throw new UnsupportedOperationException("not yet");
  }

  /** What an order will take. Sources are not looked at. */
  public Estimate estimate(VideoOrder order) {
    throw new UnsupportedOperationException("not yet: " + order.wish());
  }

  @Override
  public void close() {}
}
