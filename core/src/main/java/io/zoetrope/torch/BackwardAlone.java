package io.zoetrope.torch;

import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.VoidTensorHook;

/**
 * Has the backward pass of fused attention compute as its forward pass does: each thread its own
 * products ({@link Blas#alone}). Nobody calls that pass, libtorch's engine does; so it is framed by
 * what the engine calls: the gradient of what comes out begins it, that of what went in ends it.
 */
final class BackwardAlone {
  private static final ThreadLocal<Boolean> WITHIN = ThreadLocal.withInitial(() -> false);

  // Held for good, whatever scope is open now: the engine calls them whenever a graph is run.
  private static final VoidTensorHook BEGIN =
      new VoidTensorHook() {
        @Override
        public void call(TensorBase gradient) {
          if (!WITHIN.get()) {
            WITHIN.set(true);
            Blas.enterAlone();
          }
        }
      }.retainReference();

  private static final VoidTensorHook END =
      new VoidTensorHook() {
        @Override
        public void call(TensorBase gradient) {
          if (WITHIN.get()) {
            WITHIN.set(false);
            Blas.leaveAlone();
          }
        }
      }.retainReference();

  private BackwardAlone() {}

  /** Attention over queries, keys and values. */
  interface Attention {
    Tensor of(Tensor q, Tensor k, Tensor v);
  }

  /** What comes out of the attention; where it is recorded, its backward pass is framed. */
  static Tensor through(Tensor q, Tensor k, Tensor v, Attention attention) {
    boolean recorded =
        GradMode.is_enabled() && (q.requires_grad() || k.requires_grad() || v.requires_grad());
    if (!recorded || !q.device().is_cpu() || Blas.usual().isEmpty()) {
      return attention.of(q, k, v);
    }
    Tensor y = attention.of(ending(q), ending(k), ending(v));
    int unused = y.register_hook(BEGIN);
    return y;
  }

  /**
   * A view of its own, the last before the attention: its gradient is the first that the engine
   * hands on afterwards. Which of the three is wanted at all depends on who asks, so each may end.
   */
  private static Tensor ending(Tensor t) {
    if (!t.requires_grad()) {
      return t;
    }
    Tensor view = t.view_as(t);
    int unused = view.register_hook(END);
    return view;
  }
}
