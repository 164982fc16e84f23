package io.zoetrope.train;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Scopes;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * An exponential moving average of the weights. The decay warms up, {@code min(decay, (1 + n) / (10
 * + n))} after n updates, so that the first random weights are forgotten soon. Parameters that are
 * not trained are shared, not copied, and so are all where the decay is 0.
 */
public final class Ema implements AutoCloseable {
  private final double decay;
  private final SequencedMap<String, Tensor> parameters;
  private final SequencedMap<String, Tensor> averages = new LinkedHashMap<>();
  private long updates;

  /**
   * @param decay 0..1; 0 follows the weights at once
   */
  public Ema(SequencedMap<String, Tensor> parameters, double decay) {
    if (!(decay >= 0 && decay < 1)) {
      throw new UserError(Fault.INVALID, "ema must be 0 to below 1, is " + decay);
    }
    this.decay = decay;
    this.parameters = parameters;
    parameters.forEach((name, p) ->
        averages.put(
            name,
            p.requires_grad() && decay > 0
                ? Scopes.keep(Scopes.tensor(() -> p.detach().clone()))
                : p));
  }

  /** Moves the averages towards the weights of now. */
  public void update() {
    double d = Math.min(decay, (1.0 + updates) / (10.0 + updates));
    updates++;
    Scopes.run(() ->
        Scopes.noGrad(() -> {
          Scalar weight = new Scalar(1 - d);
          parameters.forEach((name, p) -> {
            Tensor average = NamedTensors.get("the average", name, averages);
            if (average != p) {
              average.lerp_(p, weight);
            }
          });
          return true;
        }));
  }

  public long updates() {
    return updates;
  }

  /** The averages under the names of the parameters, in their order; a complete set of weights. */
  public SequencedMap<String, Tensor> tensors() {
    return Collections.unmodifiableSequencedMap(averages);
  }

  /**
   * Runs the body while the parameters hold their averages, then puts the weights back, to the bit.
   */
  public void borrow(Runnable body) {
    SequencedMap<String, Tensor> stash = new LinkedHashMap<>();
    try {
      parameters.forEach((name, p) -> {
        if (averages.get(name) != p) {
          stash.put(name, Scopes.keep(Scopes.tensor(() -> p.detach().clone())));
          NamedTensors.copyInto("the average", name, averages, p);
        }
      });
      body.run();
    } finally {
      stash.forEach((name, weights) -> {
        NamedTensors.copy(weights, NamedTensors.get("the run", name, parameters));
        Scopes.free(weights);
      });
    }
  }

  /**
   * Copies averages in.
   *
   * @param what names their origin in errors
   */
  public void restore(String what, Map<String, Tensor> tensors, long updates) {
    averages.forEach((name, average) -> {
      if (parameters.get(name) != average) {
        NamedTensors.copyInto(what, name, tensors, average);
      }
    });
    this.updates = updates;
  }

  @Override
  public void close() {
    averages.forEach((name, average) -> {
      if (parameters.get(name) != average) {
        Scopes.free(average);
      }
    });
  }
}
