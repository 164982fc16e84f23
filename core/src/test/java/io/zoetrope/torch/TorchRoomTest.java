package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class TorchRoomTest {
  @Test
  void valuesGoInAndOut() {
    Scopes.run(() -> {
      assertThat(Tensors.toFloats(Tensors.of(new float[] {1, 2, 3, 4}, 2, 2)))
          .containsExactly(1, 2, 3, 4);
      assertThat(Tensors.toDoubles(Tensors.of(new double[] {1e-300, 2}, 2)))
          .containsExactly(1e-300, 2);
      assertThat(Tensors.toLongs(Tensors.of(new long[] {1L << 40, -1}, 2)))
          .containsExactly(1L << 40, -1);
      assertThat(Tensors.toFloats(Tensors.ofBytes(new byte[] {0, (byte) 255}, 2)))
          .containsExactly(0, 255);
      assertThat(Tensors.toFloats(Tensors.full(0.5, 3))).containsOnly(0.5f);
    });
  }

  @Test
  void aKeptTensorOutlivesItsScope() {
    Tensor kept = Scopes.tensor(() -> Ops.add(Tensors.zeros(4), 7));
    assertThat(Tensors.toFloats(kept)).containsOnly(7);
    kept.close();

    Scopes.run(() -> {
      Tensor inner = Scopes.tensor(() -> Tensors.full(2, 3));
      Tensor outer = Scopes.tensor(() -> Ops.mul(inner, 3));
      assertThat(Tensors.toFloats(outer)).containsOnly(6);
    });
  }

  @Test
  void scopesFreeWhatTheyMake() {
    Scopes.run(() -> Tensors.zeros(1024, 1024));
    long before = Pointer.physicalBytes();
    for (int i = 0; i < 500; i++) {
      Scopes.run(() -> Ops.add(Tensors.full(1, 1024, 1024), 1));
    }
    assertThat(Pointer.physicalBytes() - before).isLessThan(64L << 20);
  }

  @Test
  void aStreamDependsOnItsNameAndIndexOnly() {
    RandomStreams streams = new RandomStreams(42);
    try (RandomStream a = streams.stream("noise", 3);
        RandomStream other = streams.stream("noise", 4);
        RandomStream again = streams.stream("noise", 3)) {
      float[] first = Tensors.toFloats(a.normal(64));
      float[] others = Tensors.toFloats(other.normal(64));
      assertThat(Tensors.toFloats(again.normal(64))).isEqualTo(first);
      assertThat(others).isNotEqualTo(first);
      Tensor state = a.state();
      float[] next = Tensors.toFloats(a.normal(64));
      a.restore(state);
      assertThat(Tensors.toFloats(a.normal(64))).isEqualTo(next);
    }
  }

  @Test
  void rearrangeFollowsItsPattern() {
    Scopes.run(() -> {
      Tensor x = Tensors.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 1, 2, 3, 2, 1);
      Tensor frames = Rearrange.rearrange(x, "b c f h w -> (b f) c h w");
      assertThat(Tensors.shape(frames)).containsExactly(3, 2, 2, 1);
      assertThat(Tensors.toFloats(frames)).containsExactly(0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11);
      Tensor back = Rearrange.rearrange(frames, "(b f) c h w -> b c f h w", "f", 3);
      assertThat(Tensors.toFloats(back)).isEqualTo(Tensors.toFloats(x));
    });
  }

  @Test
  void badPatternsAreNamed() {
    for (String bad : List.of("a b", "a b -> a", "a (b -> a b", "a b -> a c")) {
      assertThatThrownBy(() -> Rearrange.rearrange(Tensors.zeros(2, 2), bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(bad);
    }
  }
}
