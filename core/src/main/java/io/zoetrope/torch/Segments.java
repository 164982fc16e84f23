package io.zoetrope.torch;

import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * How the segments of a network are run: plainly, or with their activations recomputed in the
 * backward pass ({@link Recompute}). A network that offers the choice passes each tensor that
 * enters its segments through {@link #enter} and uses only the result from there on.
 */
public interface Segments {
  /** Runs each segment as it is. */
  Segments PLAIN =
      new Segments() {
        @Override
        public Tensor enter(Tensor x) {
          return x;
        }

        @Override
        public Tensor run(Function<List<Tensor>, Tensor> segment, List<Tensor> inputs) {
          return Scopes.part(() -> segment.apply(inputs));
        }
      };

  /** A tensor, made fit to enter segments. */
  Tensor enter(Tensor x);

  /**
   * Runs a segment.
   *
   * @param segment a function of its inputs and of parameters; it may be called twice, and must do
   *     the same both times
   * @param inputs from {@link #enter}, from other segments, or without gradients; all other tensors
   *     that the segment captures must be leaves or carry no gradients
   */
  Tensor run(Function<List<Tensor>, Tensor> segment, List<Tensor> inputs);
}
