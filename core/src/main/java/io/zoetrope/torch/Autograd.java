package io.zoetrope.torch;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Gradients of leaf tensors: reading, clearing, and running backwards. */
public final class Autograd {
  private Autograd() {}

  /**
   * The gradient of a leaf, as a handle of its own on the same storage; empty if none was
   * accumulated since {@link #clear}.
   */
  public static Optional<Tensor> gradient(Tensor leaf) {
    Tensor borrowed = leaf.grad();
    return borrowed.defined() ? Optional.of(new Tensor(borrowed)) : Optional.empty();
  }

  /** Forgets the gradient of a leaf and frees its storage. */
  public static void clear(Tensor leaf) {
    Tensor borrowed = leaf.mutable_grad();
    if (borrowed.defined()) {
      borrowed.reset();
    }
  }

  /**
   * Runs backwards from a tensor, given the gradient of the loss by it, and frees the graph. The
   * gradients are added to those of the leaves.
   */
  public static void backward(Tensor output, Tensor gradient) {
    output.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
  }

  /** As {@link #backward(Tensor, Tensor)} from several tensors at once, which may share a graph. */
  public static void backward(List<Tensor> outputs, List<Tensor> gradients) {
    torch.backward(
        new TensorVector(outputs.toArray(Tensor[]::new)),
        new TensorVector(gradients.toArray(Tensor[]::new)),
        new BoolOptional(),
        false,
        new TensorVector());
  }
}
