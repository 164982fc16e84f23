package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.VoidTensorHook;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class BackwardAloneTest {
  @Test
  void gradientsAreThoseOfTwoProducts() {
    Scopes.run(() -> {
      Tensor[] fused = leaves(40, 33);
      Tensor[] plain = leaves(40, 33);
      Tensor weight = draw(9, 2, 3, 40, 16);
      Ops.attention(fused[0], fused[1], fused[2], Optional.empty()).mul(weight).sum().backward();
      new AttentionKernel.Sliced(1 << 30)
          .attend(plain[0], plain[1], plain[2], Optional.empty())
          .mul(weight)
          .sum()
          .backward();
      for (int i = 0; i < 3; i++) {
        Tensor difference = gradient(fused[i]).sub(gradient(plain[i])).abs().max();
        assertThat(difference.item_double()).isLessThan(1e-5);
      }
    });
  }

  @Test
  void eachThreadComputesItsOwnProductsUntilTheGradientsAreThere() {
    OptionalInt usual = Blas.threads();
    assumeTrue(usual.isPresent() && usual.getAsInt() > 1, "one thread, or another BLAS");
    Scopes.run(() -> {
      List<Integer> seen = new ArrayList<>();
      Tensor[] leaves = leaves(24, 24);
      Tensor before = leaves[0].mul(leaves[0]);
      Tensor y = Ops.attention(before, leaves[1], leaves[2], Optional.empty());
      // In the order of the engine: what comes out of attention, what went in.
      try (VoidTensorHook spy =
          new VoidTensorHook() {
            @Override
            public void call(TensorBase gradient) {
              seen.add(Blas.threads().orElseThrow());
            }
          }) {
        int unused = y.register_hook(spy) + before.register_hook(spy);
        y.sum().backward();
      }
      assertThat(seen).containsExactly(1, usual.getAsInt());
      assertThat(Blas.threads()).isEqualTo(usual);
    });
  }

  @Test
  void threadsComeBackWhereOnlySomeGradientsAreAskedFor() {
    OptionalInt usual = Blas.threads();
    Scopes.run(() -> {
      for (int by = 0; by < 3; by++) {
        Tensor[] leaves = leaves(24, 24);
        Tensor y = Ops.attention(leaves[0], leaves[1], leaves[2], Optional.empty());
        assertThat(Autograd.gradient(y.sum(), leaves[by], Autograd.Graph.FREED)).isPresent();
        assertThat(Blas.threads()).as("by %s", by).isEqualTo(usual);
      }
      Tensor[] leaves = leaves(24, 24);
      Tensor k = leaves[1].detach();
      Tensor v = leaves[2].detach();
      Ops.attention(leaves[0], k, v, Optional.empty()).sum().backward();
      assertThat(Blas.threads()).isEqualTo(usual);
      Ops.causalAttention(leaves[0], k, v).sum().backward();
      assertThat(Blas.threads()).isEqualTo(usual);
    });
  }

  private static Tensor[] leaves(long asking, long seen) {
    Tensor[] leaves = {draw(1, 2, 3, asking, 16), draw(2, 2, 3, seen, 16), draw(3, 2, 3, seen, 16)};
    for (Tensor leaf : leaves) {
      leaf.set_requires_grad(true);
    }
    return leaves;
  }

  private static Tensor draw(long seed, long... shape) {
    try (RandomStream stream = new RandomStreams(seed).stream("attention")) {
      return stream.normal(shape).to(ScalarType.Float);
    }
  }

  private static Tensor gradient(Tensor leaf) {
    return Autograd.gradient(leaf).orElseThrow();
  }
}
