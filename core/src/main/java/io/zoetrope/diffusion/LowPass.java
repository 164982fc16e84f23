package io.zoetrope.diffusion;

import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Which frequencies of a video are low: a weight from 0 to 1 for each of its F x H x W frequencies
 * (Wu et al. 2023, "FreeInit", section 4.2).
 *
 * @param kind how the weights fall
 * @param order how steeply a Butterworth filter falls, at least 1
 * @param spatial where they fall, over height and width: a part of the highest frequency, 0 to 1; 0
 *     lets nothing pass
 * @param temporal likewise over frames
 */
public record LowPass(Kind kind, int order, double spatial, double temporal) {
  /** How the weights fall with the squared distance d of a frequency from 0. */
  public enum Kind {
    /** {@code 1 / (1 + (d / spatial^2)^order)}. */
    BUTTERWORTH,

    /** {@code exp(-d / (2 spatial^2))}. */
    GAUSSIAN,

    /** 1 up to {@code d = 2 spatial}, as in the authors' code. */
    IDEAL,

    /** 1 in a box. */
    BOX
  }

  /** The authors' choice: Butterworth of order 4, a quarter in space and in time. */
  public static final LowPass USUAL = new LowPass(Kind.BUTTERWORTH, 4, 0.25, 0.25);

  public LowPass {
    if (order < 1 || !(spatial >= 0 && spatial <= 1 && temporal >= 0 && temporal <= 1)) {
      throw new IllegalArgumentException(
          "a low pass has an order of at least 1 and stops within [0, 1], not %s, %s and %s"
              .formatted(order, spatial, temporal));
    }
  }

  /** The weights with frequency 0 in the middle, [F, H, W], f32. */
  public Tensor centred(int frames, int height, int width) {
    return weights(frames, height, width, 0);
  }

  /** The weights in the order of {@link io.zoetrope.torch.Ops#fft}: frequency 0 first. */
  public Tensor weights(int frames, int height, int width) {
    return weights(frames, height, width, 1);
  }

  private Tensor weights(int frames, int height, int width, int shifted) {
    float[] weights = new float[frames * height * width];
    int i = 0;
    for (int f = 0; f < frames; f++) {
      for (int h = 0; h < height; h++) {
        for (int w = 0; w < width; w++) {
          weights[i++] =
              (float)
                  at(
                      (f + shifted * (frames / 2)) % frames,
                      frames,
                      (h + shifted * (height / 2)) % height,
                      height,
                      (w + shifted * (width / 2)) % width,
                      width);
        }
      }
    }
    return Tensors.of(weights, frames, height, width);
  }

  private double at(int f, int frames, int h, int height, int w, int width) {
    if (spatial == 0 || temporal == 0) {
      return 0;
    }
    if (kind == Kind.BOX) {
      long space = Math.round(height / 2 * spatial);
      return inside(f, frames, Math.round(frames / 2 * temporal))
              && inside(h, height, space)
              && inside(w, width, space)
          ? 1
          : 0;
    }
    double time = spatial / temporal * (2.0 * f / frames - 1);
    double y = 2.0 * h / height - 1;
    double x = 2.0 * w / width - 1;
    double d = time * time + y * y + x * x;
    return switch (kind) {
      case BUTTERWORTH -> 1 / (1 + Math.pow(d / (spatial * spatial), order));
      case GAUSSIAN -> Math.exp(-d / (2 * spatial * spatial));
      case IDEAL, BOX -> d <= 2 * spatial ? 1 : 0;
    };
  }

  private static boolean inside(int index, int length, long reach) {
    return index >= length / 2 - reach && index < length / 2 + reach;
  }
}
