package io.zoetrope.pixels;

import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Numbers on a grid, plane after plane, line by line.
 *
 * @param planes of each place
 * @param height lines
 * @param width places of a line
 * @param values all of them
 */
@SuppressWarnings("ArrayRecordComponent") // as fast as pixels are to be gone through
record Raster(int planes, int height, int width, float[] values) {
  /** A picture [C, H, W]. */
  static Raster of(Tensor x_CHW) {
    return new Raster(
        Math.toIntExact(x_CHW.size(0)),
        Math.toIntExact(x_CHW.size(1)),
        Math.toIntExact(x_CHW.size(2)),
        Scopes.value(() -> Tensors.toFloats(x_CHW.contiguous())));
  }

  static Raster zeros(int planes, int height, int width) {
    return new Raster(planes, height, width, new float[planes * height * width]);
  }

  Tensor tensor() {
    return Tensors.of(values, planes, height, width);
  }

  float at(int plane, int y, int x) {
    return values[(plane * height + y) * width + x];
  }

  void set(int plane, int y, int x, float value) {
    values[(plane * height + y) * width + x] = value;
  }

  /** The value between places, on the lines between its neighbours; the border goes on outside. */
  float at(int plane, float y, float x) {
    float inY = Math.clamp(y, 0, height - 1f);
    float inX = Math.clamp(x, 0, width - 1f);
    int y0 = Math.min((int) inY, Math.max(0, height - 2));
    int x0 = Math.min((int) inX, Math.max(0, width - 2));
    int y1 = Math.min(y0 + 1, height - 1);
    int x1 = Math.min(x0 + 1, width - 1);
    float v = inY - y0;
    float u = inX - x0;
    return (1 - v) * ((1 - u) * at(plane, y0, x0) + u * at(plane, y0, x1))
        + v * ((1 - u) * at(plane, y1, x0) + u * at(plane, y1, x1));
  }

  /** A part of it. */
  Raster part(int top, int left, int high, int wide) {
    Raster out = zeros(planes, high, wide);
    for (int c = 0; c < planes; c++) {
      for (int y = 0; y < high; y++) {
        System.arraycopy(
            values, (c * height + top + y) * width + left, out.values, (c * high + y) * wide, wide);
      }
    }
    return out;
  }

  /** Half as high and wide, by the means of four. */
  Raster halved() {
    Raster half = zeros(planes, Math.ceilDiv(height, 2), Math.ceilDiv(width, 2));
    for (int c = 0; c < planes; c++) {
      for (int y = 0; y < half.height; y++) {
        for (int x = 0; x < half.width; x++) {
          int y1 = Math.min(2 * y + 1, height - 1);
          int x1 = Math.min(2 * x + 1, width - 1);
          float sum = at(c, 2 * y, 2 * x) + at(c, 2 * y, x1) + at(c, y1, 2 * x) + at(c, y1, x1);
          half.set(c, y, x, sum / 4);
        }
      }
    }
    return half;
  }

  /** As high and wide as another, of half the size of which this is. */
  Raster doubledLike(Raster other) {
    Raster out = zeros(planes, other.height, other.width);
    for (int c = 0; c < planes; c++) {
      for (int y = 0; y < out.height; y++) {
        for (int x = 0; x < out.width; x++) {
          out.set(c, y, x, at(c, (y - 0.5f) / 2, (x - 0.5f) / 2));
        }
      }
    }
    return out;
  }

  /** The mean of the places up to {@code reach} away, within the border. */
  Raster smoothed(int reach) {
    Raster rows = zeros(planes, height, width);
    Raster out = zeros(planes, height, width);
    for (int c = 0; c < planes; c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int from = Math.max(0, x - reach);
          int to = Math.min(width - 1, x + reach);
          float sum = 0;
          for (int i = from; i <= to; i++) {
            sum += at(c, y, i);
          }
          rows.set(c, y, x, sum / (to - from + 1));
        }
      }
      for (int y = 0; y < height; y++) {
        int from = Math.max(0, y - reach);
        int to = Math.min(height - 1, y + reach);
        for (int x = 0; x < width; x++) {
          float sum = 0;
          for (int i = from; i <= to; i++) {
            sum += rows.at(c, i, x);
          }
          out.set(c, y, x, sum / (to - from + 1));
        }
      }
    }
    return out;
  }

  /** The middle one of the nine places around each, plane by plane. */
  Raster median() {
    Raster out = zeros(planes, height, width);
    float[] near = new float[9];
    for (int c = 0; c < planes; c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          for (int i = 0; i < 9; i++) {
            int ny = Math.clamp(y + i / 3 - 1, 0, height - 1);
            int nx = Math.clamp(x + i % 3 - 1, 0, width - 1);
            near[i] = at(c, ny, nx);
          }
          java.util.Arrays.sort(near);
          out.set(c, y, x, near[4]);
        }
      }
    }
    return out;
  }
}
