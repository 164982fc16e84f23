package io.zoetrope.diffusion.guidance;

import java.util.Arrays;

/**
 * How much each frame of a window counts where windows overlap, by the names that AnimateDiff's
 * users know.
 */
public enum Fuse {
  /** 1, 2, 3, 2, 1: the middle most. */
  PYRAMID {
    @Override
    double weight(int i, int length) {
      return Math.min(i + 1, length - i);
    }
  },

  /** All alike. */
  FLAT {
    @Override
    double weight(int i, int length) {
      return 1;
    }
  },

  /** By how near the middle a frame is, almost nothing at the ends. */
  RELATIVE {
    @Override
    double weight(int i, int length) {
      double middle = (length - 1) / 2.0;
      return Math.max(0.01, 1 - Math.abs(i - middle) / (middle + 0.005));
    }
  },

  /** All alike but where two overlap: there one goes over into the other. */
  OVERLAP_LINEAR {
    @Override
    double weight(int i, int length) {
      return 1;
    }

    @Override
    double[] weights(int length, int overlap, boolean first, boolean last) {
      double[] weights = super.weights(length, overlap, first, last);
      for (int i = 0; i < overlap; i++) {
        double rising = (i + 1.0) / (overlap + 1);
        weights[i] *= first ? 1 : rising;
        weights[length - 1 - i] *= last ? 1 : rising;
      }
      return weights;
    }
  };

  abstract double weight(int i, int length);

  /**
   * The weights of a window's frames, each above 0.
   *
   * @param overlap with its neighbours
   * @param first whether it begins with the clip
   * @param last whether it ends with it
   */
  double[] weights(int length, int overlap, boolean first, boolean last) {
    double[] weights = new double[length];
    Arrays.setAll(weights, i -> weight(i, length));
    return weights;
  }
}
