package io.zoetrope.train.objective;

import io.zoetrope.train.Objective;
import io.zoetrope.train.TrainingStep;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;

/**
 * Several objectives over the same parameters, of which each micro-batch has one, drawn by their
 * shares: clips of several sizes and lengths, none of them padded.
 *
 * @param all at least one; samples are made by the first
 */
public record Bucketed(List<Bucket> all) implements Objective {
  /**
   * One of them.
   *
   * @param name behind {@code loss_} in the log
   * @param share above 0
   */
  public record Bucket(String name, double share, Objective objective) {}

  public Bucketed {
    all = List.copyOf(all);
  }

  @Override
  public Tensor loss(TrainingStep step) {
    Bucket drawn = drawn(new SplittableRandom(step.random().key("bucket")).nextDouble());
    Tensor loss = drawn.objective.loss(step);
    step.metric("loss_" + drawn.name, loss.item_double());
    return loss;
  }

  /** Which it is, from a number uniform in [0, 1). */
  Bucket drawn(double uniform) {
    double left = uniform * all.stream().mapToDouble(Bucket::share).sum();
    for (Bucket bucket : all) {
      left -= bucket.share;
      if (left < 0) {
        return bucket;
      }
    }
    return all.getLast();
  }

  @Override
  public void sample(long step, Path folder) {
    all.getFirst().objective.sample(step, folder);
  }
}
