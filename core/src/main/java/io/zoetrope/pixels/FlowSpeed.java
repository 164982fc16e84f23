package io.zoetrope.pixels;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How much a video moves, measured in its pixels: the mean length of the optical flow from frame to
 * frame, over all places, those that stand still among them. It is measured where the shorter side
 * has at most {@value #SIDE} pixels.
 *
 * @param sides shorter sides of a frame per frame
 * @param shorter pixels of that side
 * @param fps frames per second
 */
public record FlowSpeed(double sides, int shorter, double fps) {
  private static final int SIDE = 64;

  /**
   * Of a video.
   *
   * @param x_CFHW values -1 to 1
   * @throws UserError if it has one frame only
   */
  public static FlowSpeed of(Tensor x_CFHW, double fps) {
    Meter meter = new Meter();
    Scopes.run(() -> {
      for (long k = 0; k < x_CFHW.size(1); k++) {
        meter.add(x_CFHW.select(1, k));
      }
    });
    return meter
        .speed(fps)
        .orElseThrow(
            () -> new UserError(Fault.INVALID, "how much a video moves needs at least 2 frames"));
  }

  /** Of several videos of one size and rate; empty of none. */
  public static Optional<FlowSpeed> mean(List<FlowSpeed> all) {
    return all.stream()
        .findFirst()
        .map(one ->
            new FlowSpeed(
                all.stream().mapToDouble(FlowSpeed::sides).average().orElse(0),
                one.shorter,
                one.fps));
  }

  /** Measures frames as they come. */
  public static final class Meter {
    private Optional<Raster> before = Optional.empty();
    private int shorter;
    private double sum;
    private int steps;

    /**
     * Takes the next frame.
     *
     * @param x_CHW values -1 to 1
     */
    public void add(Tensor x_CHW) {
      Raster next = seen(x_CHW);
      before.ifPresent(last -> {
        sum += BlockFlow.mean(last, next) / Math.min(next.height(), next.width());
        steps++;
      });
      shorter = Math.toIntExact(Math.min(x_CHW.size(1), x_CHW.size(2)));
      before = Optional.of(next);
    }

    /** Of all frames so far; empty of fewer than two. */
    public Optional<FlowSpeed> speed(double fps) {
      return steps == 0 ? Optional.empty() : Optional.of(new FlowSpeed(sum / steps, shorter, fps));
    }
  }

  /**
   * From each frame of a video to the next, in shorter sides.
   *
   * @param x_CFHW values -1 to 1
   * @return one number fewer than frames
   */
  public static double[] steps(Tensor x_CFHW) {
    List<Raster> frames = new ArrayList<>();
    Scopes.run(() -> {
      for (long k = 0; k < x_CFHW.size(1); k++) {
        frames.add(seen(x_CFHW.select(1, k)));
      }
    });
    double[] steps = new double[Math.max(0, frames.size() - 1)];
    for (int k = 0; k < steps.length; k++) {
      Raster next = frames.get(k + 1);
      steps[k] = BlockFlow.mean(frames.get(k), next) / Math.min(next.height(), next.width());
    }
    return steps;
  }

  /** Pixels per frame. */
  public double pixels() {
    return sides * shorter;
  }

  /** Pixels per second. */
  public double pace() {
    return pixels() * fps;
  }

  /** In words. */
  public String line() {
    return String.format(
        Locale.ROOT, "moves by %.2f pixels per frame, %.1f per second", pixels(), pace());
  }

  /** For programs. */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("pixels_per_frame", rounded(pixels()));
    fields.put("pixels_per_second", rounded(pace()));
    return fields;
  }

  private static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  /** Values 0 to 1, as small as they are measured. */
  private static Raster seen(Tensor x_CHW) {
    return Scopes.value(() -> {
      Tensor x = Ops.mul(Ops.add(x_CHW.to(ScalarType.Float), 1), 0.5);
      long shorter = Math.min(x.size(1), x.size(2));
      if (shorter <= SIDE) {
        return Raster.of(x);
      }
      long height = Math.max(1, Math.round((double) x.size(1) * SIDE / shorter));
      long width = Math.max(1, Math.round((double) x.size(2) * SIDE / shorter));
      return Raster.of(Ops.area(x.unsqueeze(0), height, width).squeeze(0));
    });
  }
}
