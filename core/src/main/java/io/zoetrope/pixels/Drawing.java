package io.zoetrope.pixels;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Dark lines of a picture, white on black, from what is darker than its blurred surroundings: no
 * network, and so not what the annotators of the same names in other programs draw, which are
 * networks. It is their simple stand-in.
 */
enum Drawing implements Annotator {
  /**
   * Lines as dark as they are, evened by the median of the whole video: by that of each frame, as
   * programs for single pictures do it, they would flicker.
   */
  LINEART {
    @Override
    Tensor lines(Tensor x_F3HW) {
      Tensor dark = darker(blurred(x_F3HW, 6), x_F3HW);
      double middle = median(dark);
      return Ops.clamp(Ops.mul(dark, 127 / (255 * Math.max(16 / 255.0, middle))), 0, 1);
    }

    private static double median(Tensor dark) {
      float[] all = Tensors.toFloats(dark.contiguous());
      float[] some = new float[all.length];
      int count = 0;
      for (float value : all) {
        if (value > 8f / 255) {
          some[count++] = value;
        }
      }
      Arrays.sort(some, 0, count);
      return count == 0 ? 0 : (some[(count - 1) / 2] + some[count / 2]) / 2;
    }
  },

  /** Broad strokes, black and white: a difference of two blurs above a threshold. */
  SCRIBBLE {
    @Override
    Tensor lines(Tensor x_F3HW) {
      Tensor dark = darker(blurred(x_F3HW, 5), blurred(x_F3HW, 0.5));
      return dark.gt(new Scalar(16.0 / 255)).to(ScalarType.Float);
    }
  };

  @Override
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What is drawn, [F, H, W]. */
  abstract Tensor lines(Tensor x_F3HW);

  @Override
  public Tensor hints(Tensor x_F3HW) {
    return Scopes.tensor(() -> {
      Tensor lines = lines(x_F3HW).unsqueeze(1);
      return lines.expand(lines.size(0), 3, lines.size(2), lines.size(3)).contiguous();
    });
  }

  /** By how much the second is darker in the channel where it is so least; 0 where it is not. */
  private static Tensor darker(Tensor around_F3HW, Tensor x_F3HW) {
    return Ops.clamp(around_F3HW.sub(x_F3HW).amin(new long[] {1}, false), 0, 1);
  }

  /** A Gauss of a standard deviation, cut at 4 of them; the border is a mirror. */
  private static Tensor blurred(Tensor x_F3HW, double sigma) {
    return along(along(x_F3HW, 3, sigma), 2, sigma);
  }

  private static Tensor along(Tensor x, int axis, double sigma) {
    int reach = ((int) Math.round(sigma * 8 + 1) | 1) / 2;
    int size = Math.toIntExact(x.size(axis));
    double[] weights = new double[2 * reach + 1];
    double sum = 0;
    for (int k = -reach; k <= reach; k++) {
      weights[k + reach] = Math.exp(-k * k / (2 * sigma * sigma));
      sum += weights[k + reach];
    }
    // The blur as a matrix, mirrored at the border.
    double[] matrix = new double[size * size];
    for (int to = 0; to < size; to++) {
      for (int k = -reach; k <= reach; k++) {
        matrix[to * size + Bytes.mirrored(to + k, size)] += weights[k + reach] / sum;
      }
    }
    Tensor blur = Tensors.of(matrix, size, size).to(x.scalar_type());
    return axis == 3 ? x.matmul(blur.t()) : blur.matmul(x);
  }
}
