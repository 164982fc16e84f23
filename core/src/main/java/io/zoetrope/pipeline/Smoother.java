package io.zoetrope.pipeline;

import io.zoetrope.diffusion.sampler.X0Edit;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pixels.FrameInterpolator;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * The interleaved-frame smoother (Zhang et al., "ControlVideo", 2023, section 3.3): at some steps
 * every other frame of the clean video is taken from its neighbours, at the first of them the odd
 * frames, at the next the even ones, and so on. A frame at an end has one neighbour and is left
 * alone. The whole video passes through the autoencoder: if only the frames that are made anew did,
 * every other frame would show it.
 *
 * @param at how far down the way of sampling each step is, rising in [0, 1); one alone is two steps
 *     in a row. The paper's steps 30 and 31 of 50, counted from 0, are 0.6 and 0.62
 * @param between makes frames of their neighbours
 */
public record Smoother(List<Double> at, FrameInterpolator between) {
  public Smoother {
    at = List.copyOf(at);
    if (!rising(at)) {
      throw new UserError(
          Fault.INVALID, "frames are smoothed at fractions that rise from 0 to below 1, not " + at);
    }
  }

  /** Whether steps can be at such places. */
  public static boolean rising(List<Double> at) {
    boolean fits = !at.isEmpty();
    double before = -1;
    for (double place : at) {
      fits &= place > before && place >= 0 && place < 1;
      before = place;
    }
    return fits;
  }

  /** Which steps these are of so many: no two the same. */
  public List<Integer> steps(int falls) {
    List<Integer> steps = new ArrayList<>();
    for (double place : at) {
      int step = (int) Math.round(place * falls);
      steps.add(steps.isEmpty() ? step : Math.max(step, steps.getLast() + 1));
    }
    if (at.size() == 1) {
      steps.add(steps.getFirst() + 1);
    }
    return steps;
  }

  /** The edit that it is of videos of an engine's model. */
  public X0Edit over(Engine engine) {
    return (x0, fall, falls) -> {
      int turn = steps(falls).indexOf(fall);
      long[] taken = turn < 0 ? new long[0] : taken(x0.size(2), turn % 2 == 0 ? 1 : 2);
      return taken.length == 0 ? Optional.empty() : Optional.of(smoothed(engine, x0, taken));
    };
  }

  /** Every other frame that has two neighbours. */
  private static long[] taken(long frames, int first) {
    return IntStream.iterate(first, f -> f < frames - 1, f -> f + 2).asLongStream().toArray();
  }

  private Tensor smoothed(Engine engine, Tensor x0_BCFHW, long[] taken) {
    return Scopes.tensor(() -> {
      Tensor x_B3FHW = engine.pixels(x0_BCFHW);
      Tensor unit = Ops.clamp(Ops.mul(Ops.add(x_B3FHW, 1), 0.5), 0, 1);
      Tensor before = frames(unit, taken, -1);
      Tensor made = between.between(before, frames(unit, taken, 1), 0.5);
      Tensor back = made.unflatten(0, x0_BCFHW.size(0), taken.length).transpose(1, 2);
      Tensor all = unit.clone().index_copy_(2, Tensors.of(taken, taken.length), back);
      Tensor z = engine.encode(Ops.add(Ops.mul(all, 2), -1));
      return z.to(x0_BCFHW.device(), x0_BCFHW.scalar_type());
    });
  }

  /** Frames beside some, as a batch of pictures: [B * M, 3, H, W]. */
  private static Tensor frames(Tensor x_B3FHW, long[] taken, int step) {
    long[] rows = java.util.Arrays.stream(taken).map(f -> f + step).toArray();
    return x_B3FHW.index_select(2, Tensors.of(rows, rows.length)).transpose(1, 2).flatten(0, 1);
  }
}
