package io.zoetrope.pipeline;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;

/** Which row of a plan frames are at, by their levels. */
record FallRows(double[][] levels) {
  static FallRows of(TimestepPlan plan) {
    return new FallRows(plan.levels());
  }

  /**
   * The nearest row.
   *
   * @param u_BF levels, [1, F] or broadcast like it; those of the first clip count
   */
  int at(Tensor u_BF) {
    double[] u = Tensors.toDoubles(u_BF);
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int row = 0; row < levels.length; row++) {
      double sum = 0;
      for (int frame = 0; frame < levels[row].length; frame++) {
        sum += Math.abs(levels[row][frame] - u[u.length == 1 ? 0 : frame]);
      }
      if (sum < least) {
        least = sum;
        best = row;
      }
    }
    return best;
  }
}
