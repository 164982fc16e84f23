package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;

/**
 * A clip longer than its network knows, denoised in windows that overlap: at every step each window
 * is asked for as a clip of its own, and where windows overlap their answers are averaged, as
 * {@link Fuse} says (users know it as the uniform context of AnimateDiff's programs; it is what
 * MultiDiffusion, Bar-Tal et al. 2023, does in space). The windows lie elsewhere at every level, so
 * that their borders do not stay in one place. A clip of one window is answered to the last bit as
 * without.
 *
 * <p>It stands next to the network, within guidance. Each window's first frame is at moment 0.
 *
 * @param base the denoiser to ask
 * @param shape of the windows
 */
public record ContextWindows(X0Denoiser base, Shape shape) implements X0Denoiser {
  /**
   * What windows look like.
   *
   * @param length frames, at least 1
   * @param overlap frames that two windows share, at least; 0 to less than {@code length}
   * @param strides levels of windows, 1 to {@value #MOST_STRIDES}: those of the second see every
   *     other frame, those of the third every fourth, and so on
   * @param loop whether the end of a clip goes over into its beginning
   * @param fuse how much each frame of a window counts
   * @param together windows begin at multiples of so many frames, from 1
   */
  public record Shape(int length, int overlap, int strides, boolean loop, Fuse fuse, int together) {
    /** Every 32nd frame is the last that anybody has a use for. */
    public static final int MOST_STRIDES = 6;

    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    public Shape {
      if (length < 1 || overlap < 0 || overlap >= length) {
        throw new UserError(
            Fault.INVALID,
            "windows of %s frames overlap by 0 to %s of them, not by %s"
                .formatted(length, length - 1, overlap));
      }
      if (strides < 1 || strides > MOST_STRIDES) {
        throw new UserError(
            Fault.INVALID,
            "windows have 1 to %s levels of strides, not %s".formatted(MOST_STRIDES, strides));
      }
    }

    /** Beginning anywhere. */
    public Shape(int length, int overlap, int strides, boolean loop, Fuse fuse) {
      this(length, overlap, strides, loop, fuse, 1);
    }

    /**
     * This with windows that begin at multiples of so many frames, but for a last one that ends
     * with the clip: for networks that take frames together.
     *
     * @throws UserError if windows are no multiple of it
     */
    public Shape together(int frames) {
      if (frames > 1 && (length % frames != 0 || length - overlap < frames)) {
        throw new UserError(
            Fault.INVALID,
            "this network takes %s frames together, which windows of %s that overlap by %s do not"
                .formatted(frames, length, overlap),
            "take windows of a multiple of it, at least as far apart");
      }
      return new Shape(length, overlap, strides, loop, fuse, frames);
    }

    /** Of neighbours, from end to end, all alike. */
    public Shape(int length, int overlap) {
      this(length, overlap, 1, false, Fuse.FLAT);
    }

    /**
     * The first frames of the windows of neighbours over a clip with ends; together they hold every
     * frame.
     *
     * @param level at which the clip is: says how far the windows are moved
     */
    public List<Integer> over(int frames, double level) {
      return starts(frames - length, aligned(length - overlap), level);
    }

    private int aligned(int stride) {
      return Math.max(together, stride / together * together);
    }

    private List<Integer> starts(int last, int stride, double level) {
      if (last <= 0) {
        return List.of(0);
      }
      TreeSet<Integer> starts = new TreeSet<>();
      for (int start = -shift(stride, level); start < last; start += stride) {
        starts.add(Math.max(0, start));
      }
      starts.add(last);
      return List.copyOf(starts);
    }

    /** Multiples of the golden ratio spread evenly: levels in a row move by different parts. */
    private int shift(int stride, double level) {
      double turns = level * 1000 * GOLDEN;
      return (int) ((turns - Math.floor(turns)) * stride) / together * together;
    }

    /**
     * All windows over a clip that is longer than one; together they hold every frame.
     *
     * @param level as in {@link #over}
     */
    public List<Window> windows(int frames, double level) {
      List<Window> all = new ArrayList<>();
      for (int k = 0; k < strides; k++) {
        int step = 1 << k;
        int span = (length - 1) * step + 1;
        int stride = aligned(Math.max(1, length * step - overlap));
        if (loop && length * step <= frames) {
          for (int start = 0; start < frames; start += stride) {
            all.add(window(start + shift(stride, level), step, frames));
          }
        } else if (!loop && span <= frames) {
          starts(frames - span, stride, level).forEach(s -> all.add(window(s, step, frames)));
        }
      }
      return all;
    }

    private Window window(int start, int step, int frames) {
      long[] which = new long[length];
      for (int i = 0; i < length; i++) {
        which[i] = (start + i * step) % frames;
      }
      boolean first = !loop && which[0] == 0;
      boolean last = !loop && which[length - 1] == frames - 1;
      return new Window(which, fuse.weights(length, overlap, first, last));
    }
  }

  /**
   * One window.
   *
   * @param frames which, in its order
   * @param weights of each
   */
  @SuppressWarnings("ArrayRecordComponent") // never written to
  public record Window(long[] frames, double[] weights) {
    /** Whether each frame follows the one before it. */
    boolean neighbours() {
      return frames[frames.length - 1] - frames[0] == frames.length - 1;
    }
  }

  @Override
  public NoiseSchedule schedule() {
    return base.schedule();
  }

  @Override
  public X0Denoiser segmented(Segments segments) {
    return new ContextWindows(base.segmented(segments), shape);
  }

  @Override
  public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
    int frames = Math.toIntExact(z_BCFHW.size(2));
    if (frames <= shape.length) {
      return base.x0(z_BCFHW, u_BF, conditioning);
    }
    Tensor full_BF = schedule().levels(u_BF, z_BCFHW).u_BF();
    double highest = Arrays.stream(Tensors.toDoubles(full_BF)).max().orElse(0);
    double[] times = new double[frames];
    Tensor sum = Ops.mul(z_BCFHW, 0);
    for (Window window : shape.windows(frames, highest)) {
      boolean near = window.neighbours();
      Tensor rows = Tensors.of(window.frames, window.frames.length);
      Tensor part =
          Scopes.tensor(() -> {
            Conditioning own =
                near
                    ? conditioning.frames(window.frames[0], shape.length)
                    : conditioning.frames(window.frames);
            Tensor x0 =
                base.x0(
                    z_BCFHW.index_select(2, Tensors.beside(z_BCFHW, rows)),
                    full_BF.index_select(1, Tensors.beside(full_BF, rows)),
                    own);
            Tensor weights = Tensors.of(window.weights, 1, 1, shape.length, 1, 1);
            return x0.mul(weights.to(x0.device(), x0.scalar_type()));
          });
      sum.index_add_(2, Tensors.beside(z_BCFHW, rows), part);
      for (int i = 0; i < shape.length; i++) {
        times[(int) window.frames[i]] += window.weights[i];
      }
    }
    Tensor count = Tensors.of(times, 1, 1, frames, 1, 1);
    return sum.div(count.to(sum.device(), sum.scalar_type()));
  }
}
