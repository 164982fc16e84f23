package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.sampler.X0Edit;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pixels.FrameInterpolator;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmootherTest {
  private static final Path MODEL = TinyStableDiffusion.resource("reference/animatediff/model");

  private static Smoother at(Double... places) {
    return new Smoother(List.of(places), FrameInterpolator.MEAN);
  }

  @Test
  void stepsAreFractionsOfTheWay() {
    assertThat(at(0.6, 0.62).steps(50)).containsExactly(30, 31);
    assertThat(at(0.6).steps(50)).containsExactly(30, 31);
    assertThat(at(0.6, 0.62).steps(20)).containsExactly(12, 13);
    assertThat(at(0.0, 0.5, 0.51).steps(4)).containsExactly(0, 2, 3);
  }

  @Test
  void fractionsRiseFromZeroToBelowOne() {
    for (Double[] bad : new Double[][] {{}, {1.0}, {-0.1}, {0.5, 0.5}, {0.5, 0.4}, {Double.NaN}}) {
      assertThatThrownBy(() -> at(bad))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("fractions that rise");
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 1", "4, 2"})
  void everyOtherFrameIsMadeOfItsNeighboursAndEndsAreLeftAlone(int fall, int first) {
    try (VideoModel model = VideoModel.load(ModelChoice.of(MODEL, "f32"))) {
      Engine engine = new Engine(model);
      X0Edit edit = at(0.6).over(engine);
      Scopes.run(() -> {
        Tensor x0;
        try (RandomStream random = new RandomStreams(3).stream("x0")) {
          x0 = random.normal(2, 4, 5, 4, 4);
        }
        assertThat(edit.edited(x0, 2, 5)).isEmpty();
        Tensor made = edit.edited(x0, fall, 5).orElseThrow();
        Tensor pixels = Ops.clamp(engine.pixels(x0), -1, 1);
        for (int f = 0; f < 5; f++) {
          boolean taken = f % 2 == first % 2 && f > 0 && f < 4;
          Tensor shown =
              taken
                  ? Ops.mul(pixels.narrow(2, f - 1, 1).add(pixels.narrow(2, f + 1, 1)), 0.5)
                  : pixels.narrow(2, f, 1);
          Tensor is = made.narrow(2, f, 1);
          assertThat(Parity.distance(is, engine.encode(shown))).as("frame %s", f).isLessThan(1e-5);
        }
        // Of two frames each is an end.
        assertThat(edit.edited(x0.narrow(2, 0, 2), fall, 5)).isEmpty();
      });
    }
  }
}
