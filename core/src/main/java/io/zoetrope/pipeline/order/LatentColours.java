package io.zoetrope.pipeline.order;

import io.zoetrope.media.Frame;

/**
 * Colours as a linear function of latents: what a channel of latents adds to red, green and blue of
 * the pixels that it stands for. Fitted to parts of a few decoded frames by least squares, it shows
 * all others at no cost worth a word: blurred, in about the right colours.
 *
 * @param fine pixels that are shown of each latent, on a side
 * @param weights of each channel and, last, of one; [C + 1][fine * fine * 3], colours from 0 to 255
 */
record LatentColours(int fine, double[][] weights) {
  /** Keeps the fit from running away where a channel hardly varies. */
  private static final double RIDGE = 1e-3;

  /**
   * Sums of the least squares over what was seen so far, where older frames count half of newer
   * ones.
   *
   * @param fine pixels that are shown of each latent, on a side
   * @param sums of each channel and of one, by each other and by each colour; [C + 1][C + 1 + fine
   *     * fine * 3]
   * @param latents how many were seen, by what they count
   */
  record Seen(int fine, double[][] sums, double latents) {
    /** How much older frames count beside a new one. */
    private static final double OLDER = 0.5;

    /** Of nothing yet. */
    static Seen nothing(int channels, int fine) {
      return new Seen(fine, new double[channels + 1][channels + 1 + 3 * fine * fine], 0);
    }

    /** Of how many channels it is. */
    int channels() {
      return sums.length - 1;
    }

    /**
     * With one more frame.
     *
     * @param z_CHW its latents, row by row
     * @param width of them
     * @param height of them
     * @param decoded what they are decoded to, of any size
     */
    Seen and(float[] z_CHW, int width, int height, Frame decoded) {
      int channels = channels();
      int n = channels + 1;
      int m = 3 * fine * fine;
      double[][] more = new double[n][n + m];
      for (int i = 0; i < n; i++) {
        for (int k = 0; k < n + m; k++) {
          more[i][k] = OLDER * sums[i][k];
        }
      }
      double[] means = means(decoded, fine * width, fine * height);
      double[] x = new double[n];
      x[channels] = 1;
      for (int y = 0; y < height; y++) {
        for (int column = 0; column < width; column++) {
          for (int c = 0; c < channels; c++) {
            x[c] = z_CHW[(c * height + y) * width + column];
          }
          for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
              more[i][j] += x[i] * x[j];
            }
            for (int k = 0; k < m; k++) {
              more[i][n + k] += x[i] * means[at(k, column, y, width, fine)];
            }
          }
        }
      }
      return new Seen(fine, more, OLDER * latents + width * height);
    }

    /** The fit to all that was seen. */
    LatentColours fit() {
      double[][] ridged = new double[sums.length][];
      for (int i = 0; i < sums.length; i++) {
        ridged[i] = sums[i].clone();
        ridged[i][i] += i < channels() ? RIDGE * latents : 0;
      }
      return new LatentColours(fine, solved(ridged, 3 * fine * fine));
    }
  }

  /** Where a colour of a latent's pixels lies among all that are shown. */
  private static int at(int colour, int column, int row, int width, int fine) {
    int pixel = colour / 3;
    int y = row * fine + pixel / fine;
    int x = column * fine + pixel % fine;
    return 3 * (y * width * fine + x) + colour % 3;
  }

  /** The mean colours of a frame on a coarser grid. */
  private static double[] means(Frame frame, int width, int height) {
    double[] means = new double[3 * width * height];
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        mean(frame, column, row, width, height, means);
      }
    }
    return means;
  }

  private static void mean(
      Frame frame, int column, int row, int width, int height, double[] means) {
    int left = column * frame.width() / width;
    int right = Math.max(left + 1, (column + 1) * frame.width() / width);
    int top = row * frame.height() / height;
    int bottom = Math.max(top + 1, (row + 1) * frame.height() / height);
    double count = (double) (right - left) * (bottom - top);
    byte[] rgb = frame.rgb();
    for (int k = 0; k < 3; k++) {
      int sum = 0;
      for (int y = top; y < bottom; y++) {
        for (int x = left; x < right; x++) {
          sum += rgb[3 * (y * frame.width() + x) + k] & 0xff;
        }
      }
      means[3 * (row * width + column) + k] = sum / count;
    }
  }

  /** Gauss and Jordan, with the largest element of a column first. */
  private static double[][] solved(double[][] sums, int m) {
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
        for (int c = i; c < n + m && factor != 0; c++) {
          sums[r][c] -= factor * row[c];
        }
      }
    }
    double[][] weights = new double[n][m];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < m; k++) {
        weights[i][k] = sums[i][i] == 0 ? 0 : sums[i][n + k] / sums[i][i];
      }
    }
    return weights;
  }

  /** Of how many channels it is. */
  int channels() {
    return weights.length - 1;
  }

  /** A frame, {@code fine} times as large as the latents. */
  Frame show(float[] z_CHW, int width, int height) {
    int channels = channels();
    byte[] rgb = new byte[3 * fine * width * fine * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int k = 0; k < weights[channels].length; k++) {
          double value = weights[channels][k];
          for (int c = 0; c < channels; c++) {
            value += weights[c][k] * z_CHW[(c * height + y) * width + x];
          }
          rgb[at(k, x, y, width, fine)] = (byte) Math.clamp(Math.round(value), 0, 255);
        }
      }
    }
    return new Frame(fine * width, fine * height, rgb);
  }
}
