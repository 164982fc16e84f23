package io.zoetrope.torch;

import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * The life of native memory. Every tensor made inside a scope dies with it, unless it is kept. One
 * scope for each step of anything long keeps native memory flat (docs/memory.md).
 */
public final class Scopes {
  static {
    Natives.prepare();
  }

  private Scopes() {}

  /** Runs the body in a scope of its own; every tensor that it makes is freed at the end. */
  public static void run(Runnable body) {
    try (PointerScope scope = new PointerScope()) {
      body.run();
    }
  }

  /**
   * Runs the body in a scope of its own and keeps its result: the tensor moves to the scope around,
   * or lives until it is closed or collected if there is none.
   */
  public static Tensor tensor(Supplier<Tensor> body) {
    Tensor result;
    try (PointerScope scope = new PointerScope()) {
      result = body.get();
      result.retainReference();
    }
    return adopt(result);
  }

  /**
   * Runs a part of a network: where no gradients are recorded, what it makes on the way is not
   * needed any more at its end, and it is as {@link #tensor}; else it is the body.
   */
  public static Tensor part(Supplier<Tensor> body) {
    return GradMode.is_enabled() ? body.get() : tensor(body);
  }

  /** As {@link #tensor} for several results. */
  public static List<Tensor> tensors(Supplier<List<Tensor>> body) {
    List<Tensor> results;
    try (PointerScope scope = new PointerScope()) {
      results = body.get();
      results.forEach(Tensor::retainReference);
    }
    results.forEach(Scopes::adopt);
    return results;
  }

  /** As {@link #part} for several results. */
  public static List<Tensor> parts(Supplier<List<Tensor>> body) {
    return GradMode.is_enabled() ? body.get() : tensors(body);
  }

  /** Runs the body in a scope and returns a plain value that holds no native memory. */
  public static <T> T value(Supplier<T> body) {
    try (PointerScope scope = new PointerScope()) {
      return body.get();
    }
  }

  /**
   * Takes a tensor out of every scope: it lives until {@link #free}. For parameters, optimiser
   * state and whatever else outlives the steps that use it.
   */
  public static Tensor keep(Tensor tensor) {
    tensor.retainReference();
    PointerScope scope = PointerScope.getInnerScope();
    if (scope != null) {
      scope.detach(tensor);
    }
    return tensor;
  }

  /** Frees a tensor that was {@linkplain #keep kept}. */
  public static void free(Tensor tensor) {
    PackedTensor.of(tensor).ifPresent(PackedTensor::freeBlocks);
    while (!tensor.isNull() && tensor.referenceCount() > 0) {
      if (!tensor.releaseReference()) {
        break;
      }
    }
  }

  /** Runs the body without recording gradients. */
  public static <T> T noGrad(Supplier<T> body) {
    if (!GradMode.is_enabled()) {
      return body.get();
    }
    try (NoGradGuard guard = new NoGradGuard()) {
      return body.get();
    }
  }

  private static Tensor adopt(Tensor tensor) {
    PointerScope outer = PointerScope.getInnerScope();
    if (outer != null) {
      outer.attach(tensor);
      tensor.releaseReference();
    }
    return tensor;
  }
}
