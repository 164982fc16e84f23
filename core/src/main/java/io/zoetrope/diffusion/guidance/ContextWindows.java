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
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;

/**
 * A clip longer than its network knows, denoised in windows that overlap: at every step each window
 * is asked for as a clip of its own, and where windows overlap their answers are averaged (users
 * know it as the uniform context of AnimateDiff's programs; it is what MultiDiffusion, Bar-Tal et
 * al. 2023, does in space). The windows lie elsewhere at every level, so that their borders do not
 * stay in one place. A clip of one window is answered to the last bit as without.
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
   */
  public record Shape(int length, int overlap) {
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    public Shape {
      if (length < 1 || overlap < 0 || overlap >= length) {
        throw new UserError(
            Fault.INVALID,
            "windows of %s frames overlap by 0 to %s of them, not by %s"
                .formatted(length, length - 1, overlap));
      }
    }

    /**
     * The first frames of the windows over a clip; together they hold every frame.
     *
     * @param level at which the clip is: says how far the windows are moved
     */
    public List<Integer> over(int frames, double level) {
      int last = frames - length;
      if (last <= 0) {
        return List.of(0);
      }
      int stride = length - overlap;
      // Multiples of the golden ratio spread evenly: levels in a row move by different parts.
      double turns = level * 1000 * GOLDEN;
      double part = turns - Math.floor(turns);
      TreeSet<Integer> starts = new TreeSet<>();
      int start = -(int) (part * stride);
      for (; start < last; start += stride) {
        starts.add(Math.max(0, start));
      }
      starts.add(last);
      return List.copyOf(starts);
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
    for (int first : shape.over(frames, highest)) {
      Conditioning own = conditioning.frames(first, shape.length);
      Tensor x0 =
          Scopes.tensor(() ->
              base.x0(
                  z_BCFHW.narrow(2, first, shape.length),
                  full_BF.narrow(1, first, shape.length),
                  own));
      sum.narrow(2, first, shape.length).add_(x0);
      for (int f = first; f < first + shape.length; f++) {
        times[f]++;
      }
    }
    Tensor count = Tensors.of(times, 1, 1, frames, 1, 1);
    return sum.div(count.to(sum.device(), sum.scalar_type()));
  }
}
