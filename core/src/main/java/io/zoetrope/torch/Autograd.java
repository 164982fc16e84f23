package io.zoetrope.torch;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.GradMode;
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

  /** Has a leaf that has no gradient have one of zeros. */
  public static void zero(Tensor leaf) {
    Scopes.run(() -> leaf.mutable_grad().put(torch.zeros_like(leaf)));
  }

  /**
   * Runs the body with gradients recorded, also where they are switched off around it: for guidance
   * that differentiates through the network in the middle of sampling.
   */
  public static <T> T recording(Supplier<T> body) {
    try (AutoGradMode on = new AutoGradMode(true)) {
      return body.get();
    }
  }

  /** Whether operations on this tensor are recorded now. */
  public static boolean records(Tensor t) {
    return GradMode.is_enabled() && t.requires_grad();
  }

  /**
   * The gradient of a scalar by one tensor, leaf or not. Nothing gathers at other leaves, such as
   * parameters.
   *
   * @param graph what becomes of the graph of the scalar
   * @return empty if the scalar does not depend on the tensor
   */
  public static Optional<Tensor> gradient(Tensor scalar, Tensor by, Graph graph) {
    if (!scalar.requires_grad()) {
      return Optional.empty();
    }
    Tensor gradient =
        torch
            .grad(
                new TensorVector(scalar),
                new TensorVector(by),
                new TensorVector(),
                new BoolOptional(graph == Graph.KEPT),
                false,
                true)
            .get(0);
    return gradient.defined() ? Optional.of(gradient) : Optional.empty();
  }

  /** What becomes of a graph that was run backwards: freed at once, or kept for another run. */
  public enum Graph {
    FREED,
    KEPT
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
