package io.zoetrope.train;

import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Recompute;
import io.zoetrope.torch.Segments;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Where the loop is: one micro-batch of one step. Whatever an objective draws comes from {@link
 * #random}, which depends on the seed, step and micro-batch only.
 */
public final class TrainingStep {
  private final long step;
  private final int micro;
  private final int accumulate;
  private final RandomStreams random;
  private final Map<String, Double> metrics = new TreeMap<>();
  private Optional<Recompute> recompute = Optional.empty();

  public TrainingStep(long seed, long step, int micro, int accumulate) {
    this.step = step;
    this.micro = micro;
    this.accumulate = accumulate;
    this.random = new RandomStreams(seed).child("train", step, micro);
  }

  /** The step, 0-based. */
  public long step() {
    return step;
  }

  /** The micro-batch within the step, 0..accumulate-1. */
  public int micro() {
    return micro;
  }

  /** The micro-batch, counted from the beginning of training. */
  public long index() {
    return step * accumulate + micro;
  }

  /** Streams of this micro-batch alone. */
  public RandomStreams random() {
    return random;
  }

  /** Reports a figure beside the loss, to be averaged over micro-batches and logged. */
  public void metric(String name, double value) {
    metrics.put(name, value);
  }

  /**
   * Runs the segments of a network such that their activations are recomputed in the backward pass
   * of this micro-batch: less memory, one more forward pass.
   */
  public Segments recompute() {
    if (recompute.isEmpty()) {
      recompute = Optional.of(new Recompute());
    }
    return recompute.get();
  }

  /** The backward pass from the loss of this micro-batch. */
  void backward(Tensor loss) {
    recompute.ifPresentOrElse(r -> r.backward(loss), loss::backward);
  }

  Map<String, Double> metrics() {
    return metrics;
  }
}
