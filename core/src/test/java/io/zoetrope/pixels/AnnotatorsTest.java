package io.zoetrope.pixels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is drawn is what OpenCV draws (reference/make_annotators.py). */
class AnnotatorsTest {
  private static Tensor drawn(Parity fixture, String word) {
    Tensor hints = Annotators.of(word).hints(fixture.get("pictures"));
    assertThat(Tensors.shape(hints)).isEqualTo(Tensors.shape(fixture.get("pictures")));
    assertThat(Tensors.toBytes(hints.select(1, 2).contiguous()))
        .isEqualTo(Tensors.toBytes(hints.select(1, 0).contiguous()));
    return hints.select(1, 0).contiguous();
  }

  @ParameterizedTest
  @ValueSource(strings = {"canny", "scribble"})
  void blackAndWhiteIsThatOfOpenCvToTheBit(String word) {
    Scopes.run(() -> {
      try (Parity fixture = Parity.of("annotators")) {
        Tensor expected = fixture.get(word);
        assertThat(expected.mean().item_double()).isBetween(0.01, 0.5);
        assertThat(Tensors.toBytes(drawn(fixture, word))).isEqualTo(Tensors.toBytes(expected));
      }
    });
  }

  @Test
  void linesAreAsDarkAsThoseByOpenCv() {
    Scopes.run(() -> {
      try (Parity fixture = Parity.of("annotators")) {
        fixture.check("lineart", drawn(fixture, "lineart"));
      }
    });
  }

  @Test
  void thresholdsDecideWhatIsAnEdge() {
    Scopes.run(() -> {
      try (Parity fixture = Parity.of("annotators")) {
        Tensor x = fixture.get("pictures");
        double usual = Canny.USUAL.hints(x).mean().item_double();
        assertThat(new Canny(20, 40).hints(x).mean().item_double()).isGreaterThan(1.2 * usual);
        assertThat(new Canny(2000, 3000).hints(x).mean().item_double()).isZero();
      }
    });
  }

  @Test
  void aPictureOfOnePixelAndAFlatOneHaveNoLines() {
    Scopes.run(() -> {
      for (String word : Annotators.names().split(", ")) {
        for (Tensor x : new Tensor[] {Tensors.full(0.4, 1, 3, 1, 1), Tensors.zeros(2, 3, 9, 7)}) {
          assertThat(Annotators.of(word).hints(x).abs().max().item_double()).as(word).isZero();
        }
      }
    });
  }

  @Test
  void namesOfControlsSayWhatTheyAreShown() {
    assertThat(Annotators.meant("sd-controlnet-canny")).contains("canny");
    assertThat(Annotators.meant("Edges")).contains("canny");
    assertThat(Annotators.meant("control_v11p_sd15_lineart")).contains("lineart");
    assertThat(Annotators.meant("control_v11p_sd15_scribble")).contains("scribble");
    assertThat(Annotators.meant("sd-controlnet-openpose")).isEmpty();
    assertThatThrownBy(() -> Annotators.of("pose"))
        .isInstanceOf(UserError.class)
        .hasMessage("unknown annotator 'pose': it is one of canny, lineart, scribble, silhouette");
  }
}
