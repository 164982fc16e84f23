package io.zoetrope.pixels;

import io.zoetrope.torch.Scopes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Edges one pixel wide (Canny, "A Computational Approach to Edge Detection", 1986), to the bit as
 * OpenCV 4 draws them of a grey picture after {@code GaussianBlur(grey, (5, 5), 0)}: Sobel 3x3,
 * {@code |dx| + |dy|}, suppression of what is no maximum across the edge, and hysteresis.
 *
 * <p>Thresholds are of the contrast at an edge, whatever the size of the picture. They are usual
 * for 512 pixels; a small picture of the same scene has steeper edges, and so more of them.
 *
 * @param low what touches an edge and is above this is of it, at least 0
 * @param high what is above this is an edge, at least {@code low}
 */
public record Canny(int low, int high) implements Annotator {
  /** tan 22.5 degrees in 2^15ths. */
  private static final int TAN = 13_573;

  private static final int TAN_SHIFT = 15;

  /** As ControlNets were trained with. */
  public static final Canny USUAL = new Canny(100, 200);

  public Canny {
    if (low < 0 || high < low) {
      throw new IllegalArgumentException(
          "thresholds rise from 0 on; %s and %s do not".formatted(low, high));
    }
  }

  @Override
  public String word() {
    return "canny";
  }

  @Override
  public Tensor hints(Tensor x_F3HW) {
    return Scopes.tensor(() -> {
      List<float[]> frames = new ArrayList<>();
      for (long f = 0; f < x_F3HW.size(0); f++) {
        frames.add(edges(Bytes.grey(x_F3HW.select(0, f)).blurred()));
      }
      return Bytes.hints(frames, Math.toIntExact(x_F3HW.size(3)), Math.toIntExact(x_F3HW.size(2)));
    });
  }

  /** Where edges are: 1, else 0. */
  float[] edges(Bytes grey) {
    int width = grey.width();
    int height = grey.height();
    int[] dx = new int[width * height];
    int[] dy = new int[width * height];
    int[] size = new int[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int i = y * width + x;
        dx[i] = column(grey, x + 1, y) - column(grey, x - 1, y);
        dy[i] = row(grey, x, y + 1) - row(grey, x, y - 1);
        size[i] = Math.abs(dx[i]) + Math.abs(dy[i]);
      }
    }
    Sizes sizes = new Sizes(size, width, height);
    boolean[] maybe = new boolean[width * height];
    Deque<Integer> sure = new ArrayDeque<>();
    float[] out = new float[width * height];
    for (int i = 0; i < size.length; i++) {
      maybe[i] = size[i] > low && sizes.highest(i % width, i / width, dx[i], dy[i]);
      if (maybe[i] && size[i] > high) {
        out[i] = 1;
        sure.add(i);
      }
    }
    while (!sure.isEmpty()) {
      int i = sure.remove();
      for (int y = Math.max(0, i / width - 1); y <= Math.min(height - 1, i / width + 1); y++) {
        for (int x = Math.max(0, i % width - 1); x <= Math.min(width - 1, i % width + 1); x++) {
          int j = y * width + x;
          if (maybe[j] && out[j] == 0) {
            out[j] = 1;
            sure.add(j);
          }
        }
      }
    }
    return out;
  }

  private static int column(Bytes grey, int x, int y) {
    return grey.at(x, y - 1) + 2 * grey.at(x, y) + grey.at(x, y + 1);
  }

  private static int row(Bytes grey, int x, int y) {
    return grey.at(x - 1, y) + 2 * grey.at(x, y) + grey.at(x + 1, y);
  }

  /** How steep the picture is at each place; flat beyond its border. */
  private record Sizes(int[] size, int width, int height) {
    private int at(int x, int y) {
      return x < 0 || y < 0 || x >= width || y >= height ? 0 : size[y * width + x];
    }

    /** Whether no neighbour across the edge is steeper. */
    boolean highest(int x, int y, int dx, int dy) {
      int here = at(x, y);
      long across = (long) Math.abs(dx) * TAN;
      long down = (long) Math.abs(dy) << TAN_SHIFT;
      if (down < across) {
        return here > at(x - 1, y) && here >= at(x + 1, y);
      }
      if (down > across + ((long) Math.abs(dx) << (TAN_SHIFT + 1))) {
        return here > at(x, y - 1) && here >= at(x, y + 1);
      }
      int lean = (dx ^ dy) < 0 ? -1 : 1;
      return here > at(x - lean, y - 1) && here > at(x + lean, y + 1);
    }
  }
}
