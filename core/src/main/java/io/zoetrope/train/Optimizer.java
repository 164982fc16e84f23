package io.zoetrope.train;

import java.util.Map;
import java.util.SequencedMap;
import java.util.function.BiPredicate;
import org.bytedeco.pytorch.Tensor;

/**
 * Moves parameters against their gradients, in place. A parameter whose gradient was not computed
 * in a step stays as it is, its state included.
 */
public interface Optimizer extends AutoCloseable {
  /** Decay for matrices and kernels only: not for biases, gains and other 1-D parameters. */
  BiPredicate<String, Tensor> DECAY_MATRICES = (name, p) -> p.dim() > 1;

  /** Settings of one of the algorithms. */
  sealed interface Options permits AdamW.Options, Muon.Options {
    /**
     * An optimiser with these settings and no history.
     *
     * @param parameters by name; those that do not require gradients are left alone
     */
    Optimizer over(SequencedMap<String, Tensor> parameters);

    /** The same, and nothing decays. */
    Options withoutDecay();
  }

  /** Updates every parameter that has a gradient. */
  void step(double learningRate);

  /** The whole state by name, for a checkpoint. Tensors are not copies. */
  SequencedMap<String, Tensor> state();

  /**
   * Copies a state in.
   *
   * @param what names its origin in errors
   * @throws io.zoetrope.error.UserError if it belongs to other parameters or another algorithm
   */
  void restore(String what, Map<String, Tensor> state);

  @Override
  void close();
}
