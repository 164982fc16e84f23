package io.zoetrope.nn;

import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Rotary positions (Su et al., "RoFormer", 2021, eq. 15) on one or more axes: the features of a
 * head are shared out evenly among the axes, and pairs of features turn by angles proportional to
 * the position on their axis. Positions are real numbers, so sizes, lengths and rates may vary.
 *
 * @param cos_ND cosines, one row a token
 * @param sin_ND sines with the sign of the rotation folded in
 */
public record Rotary(Tensor cos_ND, Tensor sin_ND) {

  /**
   * @param positions for each axis, the position of each of the N tokens
   * @param headSize features of a head, a multiple of {@code 2 * axes}
   * @param theta the longest wavelength is about {@code 2 pi theta}
   */
  public static Rotary of(List<float[]> positions, int headSize, double theta) {
    int axes = positions.size();
    int tokens = positions.getFirst().length;
    int perAxis = headSize / axes / 2 * 2;
    float[] cos = new float[tokens * headSize];
    float[] sin = new float[tokens * headSize];
    for (int n = 0; n < tokens; n++) {
      int at = n * headSize;
      for (int i = 0; i < headSize; i++) {
        cos[at + i] = 1;
      }
      for (int axis = 0; axis < axes; axis++) {
        double position = positions.get(axis)[n];
        for (int i = 0; i < perAxis / 2; i++) {
          double angle = position / Math.pow(theta, 2.0 * i / perAxis);
          int even = at + axis * perAxis + 2 * i;
          cos[even] = (float) Math.cos(angle);
          cos[even + 1] = (float) Math.cos(angle);
          sin[even] = (float) -Math.sin(angle);
          sin[even + 1] = (float) Math.sin(angle);
        }
      }
    }
    return new Rotary(Tensors.of(cos, tokens, headSize), Tensors.of(sin, tokens, headSize));
  }

  /** x [B, Hd, N, D] f32 -> the same, turned. */
  public Tensor apply(Tensor x) {
    Tensor swapped =
        x.reshape(x.size(0), x.size(1), x.size(2), x.size(3) / 2, 2)
            .flip(4)
            .reshape(Tensors.shape(x));
    return x.mul(cos_ND).add(swapped.mul(sin_ND));
  }
}
