package io.zoetrope.pipeline.order;

import io.zoetrope.media.Frame;

/**
 * Colours as a linear function of latents: what a channel of latents adds to red, green and blue.
 * Fitted to one decoded frame by least squares, it shows all others at no cost worth a word:
 * blurred, in about the right colours.
 *
 * @param weights of each channel and, last, of one; [C + 1][3], colours from 0 to 255
 */
record LatentColours(double[][] weights) {
  /** Keeps the fit from running away where a channel hardly varies. */
  private static final double RIDGE = 1e-3;

  /**
   * The fit to one frame.
   *
   * @param z_CHW its latents, row by row
   * @param channels of them
   * @param width of them
   * @param height of them
   * @param decoded what they are decoded to, of any size
   */
  static LatentColours fit(float[] z_CHW, int channels, int width, int height, Frame decoded) {
    int n = channels + 1;
    double[][] sums = new double[n][n + 3];
    double[] x = new double[n];
    x[channels] = 1;
    for (int y = 0; y < height; y++) {
      for (int column = 0; column < width; column++) {
        for (int c = 0; c < channels; c++) {
          x[c] = z_CHW[(c * height + y) * width + column];
        }
        double[] rgb = mean(decoded, column, y, width, height);
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n; j++) {
            sums[i][j] += x[i] * x[j];
          }
          for (int k = 0; k < 3; k++) {
            sums[i][n + k] += x[i] * rgb[k];
          }
        }
      }
    }
    for (int i = 0; i < channels; i++) {
      sums[i][i] += RIDGE * width * height;
    }
    return new LatentColours(solved(sums));
  }

  /** The mean colour of the pixels that a latent stands for. */
  private static double[] mean(Frame frame, int column, int row, int width, int height) {
    int left = column * frame.width() / width;
    int right = Math.max(left + 1, (column + 1) * frame.width() / width);
    int top = row * frame.height() / height;
    int bottom = Math.max(top + 1, (row + 1) * frame.height() / height);
    double[] mean = new double[3];
    byte[] rgb = frame.rgb();
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        for (int k = 0; k < 3; k++) {
          mean[k] += rgb[3 * (y * frame.width() + x) + k] & 0xff;
        }
      }
    }
    double count = (double) (right - left) * (bottom - top);
    for (int k = 0; k < 3; k++) {
      mean[k] /= count;
    }
    return mean;
  }

  /** Gauss and Jordan, with the largest element of a column first. */
  private static double[][] solved(double[][] sums) {
    int n = sums.length;
    for (int i = 0; i < n; i++) {
      int best = i;
      for (int r = i + 1; r < n; r++) {
        best = Math.abs(sums[r][i]) > Math.abs(sums[best][i]) ? r : best;
      }
      double[] row = sums[best];
      sums[best] = sums[i];
      sums[i] = row;
      for (int r = 0; r < n; r++) {
        double factor = r == i || row[i] == 0 ? 0 : sums[r][i] / row[i];
        for (int c = i; c < n + 3 && factor != 0; c++) {
          sums[r][c] -= factor * row[c];
        }
      }
    }
    double[][] weights = new double[n][3];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < 3; k++) {
        weights[i][k] = sums[i][i] == 0 ? 0 : sums[i][n + k] / sums[i][i];
      }
    }
    return weights;
  }

  /** A frame of one pixel for each latent. */
  Frame show(float[] z_CHW, int width, int height) {
    int channels = weights.length - 1;
    byte[] rgb = new byte[3 * width * height];
    for (int at = 0; at < width * height; at++) {
      for (int k = 0; k < 3; k++) {
        double value = weights[channels][k];
        for (int c = 0; c < channels; c++) {
          value += weights[c][k] * z_CHW[c * width * height + at];
        }
        rgb[3 * at + k] = (byte) Math.clamp(Math.round(value), 0, 255);
      }
    }
    return new Frame(width, height, rgb);
  }
}
