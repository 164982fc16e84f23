package io.zoetrope.pipeline.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StructureClipTest {
  private static final int SIDE = 16;
  private static final Beside.Structure KIND = new Beside.Structure("silhouette", 4, 4);

  /** A square of one colour before another, in two frames. */
  private static Tensor square(float front, float back) {
    float[] all = new float[2 * 3 * SIDE * SIDE];
    for (int i = 0; i < all.length; i++) {
      int x = i % SIDE;
      int y = i / SIDE % SIDE;
      boolean inside = x >= 4 && x < 12 && y >= 4 && y < 12;
      all[i] = inside ? front : back;
    }
    return Tensors.of(all, 2, 3, SIDE, SIDE);
  }

  @Test
  void aSilhouetteKnowsNoColours() {
    Scopes.run(() -> {
      StructureClip clip = new StructureClip(KIND);
      Tensor bright = clip.drawn(square(0.9f, 0.1f));
      Tensor dark = clip.drawn(square(0.2f, 0.7f));
      assertThat(Tensors.toBytes(bright)).isEqualTo(Tensors.toBytes(dark));
      assertThat(bright.select(0, 1).select(0, 2).select(0, 8).select(0, 8).item_double())
          .isEqualTo(1);
      assertThat(bright.select(0, 0).select(0, 0).select(0, 1).select(0, 1).item_double())
          .isEqualTo(0);
    });
  }

  @Test
  void blurringKeepsTheMeanAndLosesTheShape() {
    Scopes.run(() -> {
      Tensor drawn = new StructureClip(KIND).drawn(square(0.9f, 0.1f));
      double mean = drawn.mean().item_double();
      double spread = 1;
      for (int times = 0; times <= 4; times++) {
        Tensor blurred = StructureClip.blurred(drawn, times);
        assertThat(blurred.mean().item_double()).isCloseTo(mean, within(0.03));
        double now = blurred.std().item_double();
        assertThat(now).isLessThanOrEqualTo(spread);
        spread = now;
      }
      assertThat(spread).isCloseTo(0, within(1e-6));
      assertThat(StructureClip.blurred(drawn, 0)).isSameAs(drawn);
    });
  }

  @Test
  void howOftenItIsBlurredIsTold() {
    Scopes.run(() -> {
      StructureClip clip = new StructureClip(KIND);
      Tensor drawn = clip.drawn(square(0.9f, 0.1f));
      Tensor none = clip.beside(drawn, 0, x -> x);
      Tensor some = clip.beside(drawn, 3, x -> x);
      assertThat(Tensors.shape(none)).containsExactly(1, 3 + 4, 2, SIDE, SIDE);
      assertThat(Tensors.toFloats(none.narrow(1, 3, 4).select(2, 0).select(2, 0).select(2, 0)))
          .containsExactly(0, 1, 0, 1);
      assertThat(Tensors.toFloats(some.narrow(1, 3, 4).select(2, 1).select(2, 5).select(2, 7)))
          .containsExactly(
              (float) Math.sin(3),
              (float) Math.cos(3),
              (float) Math.sin(1.5),
              (float) Math.cos(1.5));
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"mask", "structure:silhouette:7:4", "structure:canny:0:0"})
  void whatIsBesideIsReadAsItIsWritten(String text) {
    assertThat(Beside.of(text).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "depth",
        "structure:nobody:1:2",
        "structure:canny:13:2",
        "structure:canny:1:3"
      })
  void otherTextsAreRefused(String text) {
    assertThatThrownBy(() -> Beside.of(text)).isInstanceOf(UserError.class);
  }
}
