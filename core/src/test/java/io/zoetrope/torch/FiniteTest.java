package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FiniteTest {
  private static boolean all(ScalarType dtype, float... values) {
    return Scopes.value(() -> Finite.all(Tensors.of(values, values.length).to(dtype)));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void oneIsEnough(float value) {
    for (ScalarType dtype :
        new ScalarType[] {
          ScalarType.Float, ScalarType.Double, ScalarType.Half, ScalarType.BFloat16
        }) {
      assertThat(all(dtype, 1, 2, 3)).isTrue();
      assertThat(all(dtype, 1, value, 3)).isFalse();
    }
  }

  /** Infinities that cancel, and numbers whose sum does not exist although each of them does. */
  @Test
  void aSumIsAHintOnly() {
    assertThat(all(ScalarType.Float, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY)).isFalse();
    assertThat(all(ScalarType.Float, Float.MAX_VALUE, Float.MAX_VALUE)).isTrue();
    assertThat(all(ScalarType.Half, 65504, 65504)).isTrue();
    assertThat(all(ScalarType.Double, 1e38f, 1e38f, 3e38f, 3e38f)).isTrue();
  }

  @Test
  void nothingAndWholeNumbersAreFinite() {
    Scopes.run(() -> {
      assertThat(Finite.all(Tensors.zeros(0))).isTrue();
      assertThat(Finite.all(Tensors.of(new long[] {1, 2}, 2))).isTrue();
    });
  }

  @Test
  void aViewIsJudgedByItself() {
    Scopes.run(() -> {
      Tensor x = Tensors.of(new float[] {1, Float.NaN, 2, 3}, 2, 2);
      assertThat(Finite.all(x.narrow(0, 1, 1))).isTrue();
      assertThat(Finite.all(x.transpose(0, 1))).isFalse();
      assertThatThrownBy(() -> Finite.require(x, "the latents"))
          .isInstanceOf(UserError.class)
          .hasMessage("the latents are not finite numbers");
    });
  }
}
