package io.zoetrope.eval.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import io.zoetrope.eval.Reference;
import io.zoetrope.eval.Seams;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class PictureFiguresTest {
  /** Frames of one colour each, 3 channels of 12x12. */
  private static Tensor shades(double... values) {
    double[] all = new double[3 * values.length * 144];
    for (int i = 0; i < all.length; i++) {
      all[i] = values[i / 144 % values.length];
    }
    return Tensors.of(all, 3, values.length, 12, 12);
  }

  private static Tensor noise(double std, long... shape) {
    try (RandomStream random = new RandomStreams(11).stream("noise")) {
      return Ops.mul(random.normal(shape), std);
    }
  }

  @Test
  void psnrAndSsimAreThoseOfScikitImage() {
    Scopes.run(() -> {
      Tensor x = Reference.wave(0.37, 0.011, 3, 2, 24, 20);
      Tensor y = Ops.addScaled(Ops.mul(x, 0.8), Reference.wave(1.7, 0.3, 3, 2, 24, 20), 0.1);
      assertThat(Psnr.of(x, y))
          .isCloseTo(Reference.expected().get("psnr").doubleValue(), within(1e-9));
      assertThat(Ssim.of(x, y))
          .isCloseTo(Reference.expected().get("ssim").doubleValue(), within(1e-9));
    });
  }

  @Test
  void equalPicturesHaveTheBestFigures() {
    Scopes.run(() -> {
      Tensor x = noise(0.3, 3, 2, 16, 16);
      assertThat(Psnr.of(x, x)).isEqualTo(Psnr.MOST);
      assertThat(Ssim.of(x, x)).isCloseTo(1, within(1e-12));
      assertThat(Psnr.of(x, Ops.add(x, 0.02))).isCloseTo(40, within(1e-4));
    });
  }

  @Test
  void ssimNeedsAWholeWindow() {
    Scopes.run(() ->
        assertThatThrownBy(() -> Ssim.of(noise(1, 3, 1, 10, 30), noise(1, 3, 1, 10, 30)))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("11x11"));
  }

  @Test
  void gradientEnergyOfAnEdgeFallsWithItsWidth() {
    Scopes.run(() -> {
      double[] sharp = new double[64];
      double[] soft = new double[64];
      for (int i = 0; i < 64; i++) {
        sharp[i] = i % 8 < 4 ? -1 : 1;
        soft[i] = Math.clamp((i % 8 - 3.5) / 2, -1, 1);
      }
      // One step of 2 among 7 differences; four steps of a half.
      assertThat(Sharpness.gradientEnergy(Tensors.of(sharp, 8, 8))).isEqualTo(4.0 / 7);
      assertThat(Sharpness.gradientEnergy(Tensors.of(soft, 8, 8)))
          .isCloseTo((3 * 0.25 + 2 * 0.0625) / 7, within(0.05));
    });
  }

  @Test
  void flickerIsTheNoiseOfWhatStandsStill() {
    Scopes.run(() -> {
      Tensor still = shades(0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2);
      assertThat(Flicker.of(still)).isZero();
      Tensor noisy = still.add(noise(2 / 127.5, 3, 10, 12, 12));
      assertThat(Flicker.of(noisy)).isCloseTo(2, within(0.1));
      // A third of the picture moves: the others are steady.
      noisy.narrow(2, 0, 4).copy_(noise(1, 3, 10, 4, 12));
      assertThat(Flicker.of(noisy)).isLessThan(4);
      assertThat(Flicker.of(shades(0, 0.1, 0.2, 0.3))).isLessThan(1e-10);
      assertThat(Flicker.of(shades(0, 0.1))).isNaN();
    });
  }

  @Test
  void loopStepRatio() {
    Scopes.run(() -> {
      assertThat(Change.steps(shades(0, 0.1, 0.3)))
          .containsExactly(new double[] {0.1, 0.2}, within(1e-12));
      assertThat(Change.loopStepRatio(shades(0, 0.1, 0.2, 0.3))).isCloseTo(3, within(1e-9));
      assertThat(Change.loopStepRatio(shades(0, 0.1, 0.2, 0.1))).isCloseTo(1, within(1e-9));
      assertThat(Change.loopStepRatio(shades(0.5, 0.5))).isNaN();
      assertThat(Change.firstStepRatio(shades(0, 0.4, 0.5, 0.6))).isCloseTo(4, within(1e-9));
    });
  }

  @Test
  void jerkOfPixelsIsFoundAtTheSeam() {
    Scopes.run(() -> {
      // Slope 0.1, and -0.1 from frame 4 on: the velocity changes at frame 4 alone.
      Tensor x = shades(0, 0.1, 0.2, 0.3, 0.4, 0.3, 0.2, 0.1);
      Seams.Contrast second = PixelJerk.second(x, List.of(4));
      assertThat(second.atSeams()).isCloseTo(0.1, within(1e-12));
      assertThat(second.inside()).isCloseTo(0, within(1e-12));
      assertThat(second.seamPlaces()).isEqualTo(2);
      assertThat(second.insidePlaces()).isEqualTo(4);
      Seams.Contrast third = PixelJerk.third(x, List.of(4));
      assertThat(third.seamPlaces()).isEqualTo(3);
      assertThat(third.atSeams()).isCloseTo(0.4 / 3, within(1e-12));
    });
  }
}
