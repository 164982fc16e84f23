package io.zoetrope.nn;

import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Rotary positions (Su et al., "RoFormer", 2021, eq. 15) on one or more axes: the features of a
 * head are shared out evenly among the axes, and pairs of neighbouring features turn, as complex
 * numbers, by angles proportional to the position on their axis. Positions are real numbers, so
 * sizes, lengths and rates may vary.
 *
 * @param turn_N1P unit complex numbers, one row a token, one column a pair
 */
public record Rotary(Tensor turn_N1P) {

  /**
   * @param positions for each axis, the position of each of the N tokens
   * @param headSize features of a head, a multiple of {@code 2 * axes}
   * @param theta the longest wavelength is about {@code 2 pi theta}
   */
  public static Rotary of(List<float[]> positions, int headSize, double theta) {
    int[] widths = new int[positions.size()];
    // Pairs that do not share out evenly stay where they are.
    Arrays.fill(widths, headSize / 2 / positions.size() * 2);
    return of(positions, widths, headSize, theta);
  }

  /**
   * With features of a head that are shared out unevenly; what is left of them stays as it is.
   *
   * @param widths features of each axis, even; pair j of w features turns by {@code theta^(-2j/w)}
   */
  public static Rotary of(List<float[]> positions, int[] widths, int headSize, double theta) {
    int tokens = positions.getFirst().length;
    int pairs = headSize / 2;
    float[] turn = new float[tokens * headSize];
    for (int n = 0; n < tokens; n++) {
      for (int i = 0; i < pairs; i++) {
        turn[n * headSize + 2 * i] = 1;
      }
    }
    int first = 0;
    for (int axis = 0; axis < widths.length; axis++) {
      for (int i = 0; i < widths[axis] / 2; i++) {
        double slower = Math.pow(theta, 2.0 * i / widths[axis]);
        for (int n = 0; n < tokens; n++) {
          double angle = positions.get(axis)[n] / slower;
          turn[n * headSize + 2 * (first + i)] = (float) Math.cos(angle);
          turn[n * headSize + 2 * (first + i) + 1] = (float) Math.sin(angle);
        }
      }
      first += widths[axis] / 2;
    }
    return new Rotary(torch.view_as_complex(Tensors.of(turn, tokens, 1, pairs, 2)));
  }

  /** These on the device of a tensor. */
  public Rotary beside(Tensor like) {
    return new Rotary(Tensors.beside(like, turn_N1P));
  }

  /** x [B, N, Hd, D] f32, contiguous in D -> the same, turned. */
  public Tensor apply(Tensor x) {
    Tensor pairs = torch.view_as_complex(x.reshape(x.size(0), x.size(1), x.size(2), -1, 2));
    return torch.view_as_real(pairs.mul(turn_N1P)).reshape(Tensors.shape(x));
  }
}
