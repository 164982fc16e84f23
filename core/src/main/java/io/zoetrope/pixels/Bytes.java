package io.zoetrope.pixels;

import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A picture's levels of grey as OpenCV counts them: whole numbers 0 to 255, line by line.
 *
 * @param width pixels
 * @param height pixels
 * @param levels of each pixel
 */
@SuppressWarnings("ArrayRecordComponent") // never written to once it is made
record Bytes(int width, int height, int[] levels) {
  /** Weights of red, green and blue in 2^14ths, as in OpenCV's {@code cvtColor}. */
  private static final int RED = 4899;

  private static final int GREEN = 9617;
  private static final int BLUE = 1868;
  private static final int SHIFT = 14;

  /** The grey of a frame [3, H, W] with values 0..1. */
  static Bytes grey(Tensor x_3HW) {
    int height = Math.toIntExact(x_3HW.size(1));
    int width = Math.toIntExact(x_3HW.size(2));
    float[] x = Scopes.value(() -> Tensors.toFloats(x_3HW.contiguous()));
    int plane = width * height;
    int[] levels = new int[plane];
    for (int i = 0; i < plane; i++) {
      int sum = RED * level(x[i]) + GREEN * level(x[plane + i]) + BLUE * level(x[2 * plane + i]);
      levels[i] = (sum + (1 << (SHIFT - 1))) >> SHIFT;
    }
    return new Bytes(width, height, levels);
  }

  private static int level(float value) {
    return Math.clamp(Math.round(value * 255), 0, 255);
  }

  /** The level at a place; beyond the border that of the nearest pixel. */
  int at(int x, int y) {
    return levels[Math.clamp(y, 0, height - 1) * width + Math.clamp(x, 0, width - 1)];
  }

  /** Blurred by the weights 1, 4, 6, 4, 1 both ways; the border is a mirror, itself not doubled. */
  Bytes blurred() {
    int[] weights = {1, 4, 6, 4, 1};
    int[] rows = new int[levels.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int sum = 0;
        for (int k = -2; k <= 2; k++) {
          sum += weights[k + 2] * levels[y * width + mirrored(x + k, width)];
        }
        rows[y * width + x] = sum;
      }
    }
    int[] out = new int[levels.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int sum = 0;
        for (int k = -2; k <= 2; k++) {
          sum += weights[k + 2] * rows[mirrored(y + k, height) * width + x];
        }
        out[y * width + x] = (sum + 128) >> 8;
      }
    }
    return new Bytes(width, height, out);
  }

  /** A place beyond the border, seen in it as in a mirror. */
  static int mirrored(int at, int size) {
    int i = at;
    while (i < 0 || i >= size) {
      if (size == 1) {
        return 0;
      }
      i = i < 0 ? -i : 2 * (size - 1) - i;
    }
    return i;
  }

  /** Pictures of one channel as hints: [F, 3, H, W], all three alike. */
  static Tensor hints(List<float[]> frames, int width, int height) {
    List<Tensor> all = new ArrayList<>();
    for (float[] frame : frames) {
      all.add(Tensors.of(frame, 1, height, width));
    }
    Tensor grey_F1HW = Tensors.stack(all, 0);
    return Tensors.cat(List.of(grey_F1HW, grey_F1HW, grey_F1HW), 1);
  }
}
