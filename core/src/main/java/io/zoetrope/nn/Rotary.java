package io.zoetrope.nn;

import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Rotary positions (Su et al., "RoFormer", 2021, eq. 15) on one or more axes: the features of a
 * head are shared out evenly among the axes, and pairs of features turn by angles proportional to
 * the position on their axis. A pair is a feature and the one half a head further on. Positions are
 * real numbers, so sizes, lengths and rates may vary.
 *
 * @param cos_ND cosines, one row a token
 * @param sin_ND sines, negative in the first half of the features
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
    int half = headSize / 2;
    int perAxis = half / axes;
    float[] cos = new float[tokens * headSize];
    float[] sin = new float[tokens * headSize];
    for (int n = 0; n < tokens; n++) {
      for (int i = 0; i < half; i++) {
        int axis = Math.min(i / perAxis, axes - 1);
        double position = i < perAxis * axes ? positions.get(axis)[n] : 0;
        double angle = position / Math.pow(theta, (double) (i % perAxis) / perAxis);
        int at = n * headSize + i;
        cos[at] = (float) Math.cos(angle);
        cos[at + half] = cos[at];
        sin[at] = (float) -Math.sin(angle);
        sin[at + half] = (float) Math.sin(angle);
      }
    }
    return new Rotary(Tensors.of(cos, tokens, headSize), Tensors.of(sin, tokens, headSize));
  }

  /** x [B, Hd, N, D] f32 -> the same, turned. */
  public Tensor apply(Tensor x) {
    long half = x.size(3) / 2;
    Tensor swapped = Tensors.cat(List.of(x.narrow(3, half, half), x.narrow(3, 0, half)), 3);
    return torch.addcmul(x.mul(cos_ND), swapped, sin_ND);
  }
}
