package io.zoetrope.eval.motion;

import io.zoetrope.data.toybox.ToyboxLook.Camera;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import java.util.List;

/**
 * How a camera moves, seen in how the background of a video does: the similarity that takes each
 * frame to the next, by Gauss and Newton's method on brightness from coarse to fine (Lucas and
 * Kanade, 1981), with strong colours left out, which are toys, and what is near them.
 *
 * @param right frames' sides a second that the camera goes to the right
 * @param down likewise, down
 * @param grows logarithm of the factor by which what it sees grows in a second; positive when it
 *     zooms out
 * @param turns radians a second, clockwise
 */
public record CameraMotion(double right, double down, double grows, double turns) {
  private static final int ROUNDS = 6;
  private static final int COARSEST = 4;

  /** Below this share of a camera's usual pace nothing moves. */
  private static final double LEAST = 0.3;

  /**
   * Reads a video.
   *
   * @throws UserError if it has one frame only
   */
  public static CameraMotion of(Video video) {
    List<Frame> frames = video.frames();
    if (frames.size() < 2) {
      throw new UserError(Fault.INVALID, "a camera's movement needs at least 2 frames to be seen");
    }
    double[] sum = new double[4];
    for (int k = 0; k + 1 < frames.size(); k++) {
      double[] step = between(frames.get(k), frames.get(k + 1));
      for (int i = 0; i < 4; i++) {
        sum[i] += step[i];
      }
    }
    double pace = video.fps() / (frames.size() - 1);
    return new CameraMotion(sum[0] * pace, sum[1] * pace, sum[2] * pace, sum[3] * pace);
  }

  /** The camera of the toy world that moves most like this. */
  public Camera nearest() {
    double[] parts = parts();
    int most = 0;
    for (int i = 1; i < parts.length; i++) {
      most = Math.abs(parts[i]) > Math.abs(parts[most]) ? i : most;
    }
    boolean forward = parts[most] > 0;
    if (Math.abs(parts[most]) < LEAST) {
      return Camera.STILL;
    }
    return switch (most) {
      case 0 -> forward ? Camera.PAN_RIGHT : Camera.PAN_LEFT;
      case 1 -> forward ? Camera.PAN_DOWN : Camera.PAN_UP;
      case 2 -> forward ? Camera.ZOOM_OUT : Camera.ZOOM_IN;
      default -> forward ? Camera.ROLL : Camera.STILL;
    };
  }

  /** How fast it moves as a camera of the toy world does, of that camera's pace; signed. */
  public double pace(Camera camera) {
    double[] parts = parts();
    return switch (camera) {
      case STILL -> 0;
      case PAN_RIGHT -> parts[0];
      case PAN_LEFT -> -parts[0];
      case PAN_DOWN -> parts[1];
      case PAN_UP -> -parts[1];
      case ZOOM_OUT -> parts[2];
      case ZOOM_IN -> -parts[2];
      case ROLL -> parts[3];
    };
  }

  private double[] parts() {
    return new double[] {
      right / Camera.PAN, down / Camera.PAN, grows / Math.log(Camera.ZOOM), turns / Camera.TURN
    };
  }

  /** What the camera does between two frames: sides right and down, growth, turn. */
  private static double[] between(Frame a, Frame b) {
    // b(x) = a(A x + t) about the middle, A = [p -q; q p]: (p - 1, q, tx, ty), in sides.
    double[] fit = new double[4];
    for (int factor = COARSEST; factor >= 1; factor /= 2) {
      Plane from = Plane.of(a, factor);
      Plane to = Plane.of(b, factor);
      if (from.side() < 12) {
        continue;
      }
      for (int round = 0; round < ROUNDS; round++) {
        refine(fit, from, to);
      }
    }
    double p = 1 + fit[0];
    return new double[] {fit[2], fit[3], Math.log(Math.hypot(p, fit[1])), Math.atan2(fit[1], p)};
  }

  private static void refine(double[] fit, Plane a, Plane b) {
    double[][] normal = new double[4][5];
    int side = a.side();
    for (int y = 1; y < b.height - 1; y++) {
      for (int x = 1; x < b.width - 1; x++) {
        double u = (x + 0.5 - 0.5 * b.width) / side;
        double v = (y + 0.5 - 0.5 * b.height) / side;
        double su = (u + fit[0] * u - fit[1] * v + fit[2]) * side + 0.5 * a.width - 0.5;
        double sv = (v + fit[1] * u + fit[0] * v + fit[3]) * side + 0.5 * a.height - 0.5;
        if (su < 1 || sv < 1 || su > a.width - 2.001 || sv > a.height - 2.001) {
          continue;
        }
        double weight = b.weight[y * b.width + x] * a.at(a.weight, su, sv);
        if (weight <= 0) {
          continue;
        }
        double gx = 0.5 * side * (a.at(a.grey, su + 1, sv) - a.at(a.grey, su - 1, sv));
        double gy = 0.5 * side * (a.at(a.grey, su, sv + 1) - a.at(a.grey, su, sv - 1));
        double miss = b.grey[y * b.width + x] - a.at(a.grey, su, sv);
        weight /= 1 + miss * miss / 64; // what moves otherwise counts little
        double[] slope = {gx * u + gy * v, gy * u - gx * v, gx, gy};
        for (int i = 0; i < 4; i++) {
          for (int j = 0; j < 4; j++) {
            normal[i][j] += weight * slope[i] * slope[j];
          }
          normal[i][4] += weight * slope[i] * miss;
        }
      }
    }
    for (int i = 0; i < 4; i++) {
      normal[i][i] += 1e-3 * normal[i][i] + 1e-6;
    }
    solve(normal);
    for (int i = 0; i < 4; i++) {
      fit[i] += normal[i][4];
    }
  }

  /** Gauss and Jordan's elimination of a positive system, its solution in the last column. */
  private static void solve(double[][] m) {
    int n = m.length;
    for (int i = 0; i < n; i++) {
      double pivot = m[i][i];
      for (int j = i; j <= n; j++) {
        m[i][j] /= pivot;
      }
      for (int row = 0; row < n; row++) {
        double factor = m[row][i];
        if (row != i && factor != 0) {
          for (int j = i; j <= n; j++) {
            m[row][j] -= factor * m[i][j];
          }
        }
      }
    }
  }

  /** Brightness, and where there is no strong colour. */
  private static final class Plane {
    final int width;
    final int height;
    final float[] grey;
    final float[] weight;

    private Plane(int width, int height) {
      this.width = width;
      this.height = height;
      grey = new float[width * height];
      weight = new float[width * height];
    }

    int side() {
      return Math.min(width, height);
    }

    /** A frame, averaged over squares of so many pixels. */
    static Plane of(Frame frame, int factor) {
      Plane plane = new Plane(frame.width() / factor, frame.height() / factor);
      int count = factor * factor;
      for (int y = 0; y < plane.height; y++) {
        for (int x = 0; x < plane.width; x++) {
          float sum = 0;
          float muted = 1;
          for (int j = 0; j < count; j++) {
            int at = ((y * factor + j / factor) * frame.width() + x * factor + j % factor) * 3;
            int r = frame.rgb()[at] & 255;
            int g = frame.rgb()[at + 1] & 255;
            int b = frame.rgb()[at + 2] & 255;
            int strong = Math.max(r, Math.max(g, b)) - Math.min(r, Math.min(g, b));
            sum += (r + g + b) / 3f;
            muted = Math.min(muted, strong > 60 ? 0 : 1);
          }
          plane.grey[y * plane.width + x] = sum / count;
          plane.weight[y * plane.width + x] = muted;
        }
      }
      int reach = 1 + plane.side() / 12;
      spread(plane.weight, plane.width, plane.height, reach, 1, plane.width);
      spread(plane.weight, plane.height, plane.width, reach, plane.width, 1);
      return plane;
    }

    /** The least of so many neighbours along one axis: with a toy goes its shadow. */
    private static void spread(float[] of, int length, int lines, int reach, int step, int stride) {
      float[] line = new float[length];
      for (int j = 0; j < lines; j++) {
        for (int i = 0; i < length; i++) {
          line[i] = of[j * stride + i * step];
        }
        for (int i = 0; i < length; i++) {
          float least = 1;
          for (int k = Math.max(0, i - reach); k <= Math.min(length - 1, i + reach); k++) {
            least = Math.min(least, line[k]);
          }
          of[j * stride + i * step] = least;
        }
      }
    }

    double at(float[] of, double x, double y) {
      int i = (int) x;
      int j = (int) y;
      double fx = x - i;
      double fy = y - j;
      int at = j * width + i;
      double top = of[at] * (1 - fx) + of[at + 1] * fx;
      double bottom = of[at + width] * (1 - fx) + of[at + width + 1] * fx;
      return top * (1 - fy) + bottom * fy;
    }
  }
}
