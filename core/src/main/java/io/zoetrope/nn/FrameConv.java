package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Convolution over time, each place for itself, as one matrix product over the frames in reach.
 * Before the first and after the last frame there are zeros.
 */
public final class FrameConv {
  private final Tensor weight;
  private final Tensor bias;
  private final Precision precision;

  private FrameConv(Tensor weight, Tensor bias, Precision precision) {
    this.weight = weight;
    this.bias = bias;
    this.precision = precision;
  }

  /**
   * The partner of a spatial convolution: weight [width, width, kernel], which starts as the
   * identity, and bias [width] (zeros) (Singer et al., "Make-A-Video", 2022, section 3.2.1).
   *
   * @param kernel frames, odd
   */
  public static FrameConv identity(Parameters p, long width, long kernel) {
    return new FrameConv(
        p.weight("weight", Init.DIRAC, width, width, kernel),
        p.weight("bias", Init.ZEROS, width),
        p.precision());
  }

  /**
   * A 3-D convolution that is 1x1 in space: weight [out, in, kernel, 1, 1] and bias [out] (zeros).
   *
   * @param kernel frames, odd
   */
  public static FrameConv of(Parameters p, long in, long out, long kernel, Init init) {
    return new FrameConv(
        p.weight("weight", init, out, in, kernel, 1, 1),
        p.weight("bias", Init.ZEROS, out),
        p.precision());
  }

  public int kernel() {
    return (int) weight.size(2);
  }

  /**
   * @param x_BFNC frames, N places each
   * @param reach_BFK 1 where a frame takes in its k-th neighbour, the middle one being itself, else
   *     0; empty for all
   * @return [B, F, N, out] in the format of the precision policy
   */
  public Tensor forward(Tensor x_BFNC, Optional<Tensor> reach_BFK) {
    Tensor x = precision.cast(x_BFNC);
    List<Tensor> taps = new ArrayList<>();
    for (int k = 0; k < kernel(); k++) {
      Tensor tap = shifted(x, k - kernel() / 2);
      if (reach_BFK.isPresent()) {
        Tensor in = reach_BFK.get().select(2, k).unsqueeze(-1).unsqueeze(-1);
        tap = tap.mul(in.to(x.device(), x.scalar_type()));
      }
      taps.add(tap);
    }
    return of(taps);
  }

  /**
   * Of frames that are chosen already: as many as the kernel has, the earliest first.
   *
   * @param taps [..., in] each
   * @return [..., out] in the format of the precision policy
   */
  public Tensor of(List<Tensor> taps) {
    // [out, in, K] -> [out, (K in)]: the order of the taps.
    Tensor matrix =
        precision.cast(weight).flatten(2, -1).transpose(1, 2).reshape(weight.size(0), -1);
    Tensor all = taps.size() == 1 ? taps.getFirst() : Tensors.cat(taps, -1);
    return Ops.linear(
        precision.cast(all), precision.cast(matrix), Optional.of(precision.cast(bias)));
  }

  /**
   * As {@link #forward} with all frames in reach, but the products are added up one after another,
   * so that no copies of the frames side by side are held; without gradients, in f32.
   */
  public Tensor summed(Tensor x_BFNC) {
    if (GradMode.is_enabled() || precision != Precision.F32) {
      return forward(x_BFNC, Optional.empty());
    }
    Tensor x = precision.cast(x_BFNC);
    int middle = kernel() / 2;
    long frames = x.size(1);
    return Scopes.tensor(() -> {
      Tensor sum = Ops.linear(x, tap(middle), Optional.of(precision.cast(bias)));
      for (int k = 0; k < kernel(); k++) {
        int gap = Math.abs(k - middle);
        if (gap > 0 && gap < frames) {
          long from = k < middle ? 0 : gap;
          Tensor shown = x.narrow(1, from, frames - gap);
          Tensor other = sum.narrow(1, gap - from, frames - gap);
          for (long b = 0; b < x.size(0); b++) {
            other.select(0, b).flatten(0, 1).addmm_(shown.select(0, b).flatten(0, 1), tap(k).t());
          }
        }
      }
      return sum;
    });
  }

  /** Weights of one frame in reach: [out, in]. */
  private Tensor tap(int k) {
    return precision.cast(weight).flatten(2, -1).select(2, k).contiguous();
  }

  /** Each frame's neighbour at an offset; zeros where there is none. */
  private static Tensor shifted(Tensor x, int offset) {
    long frames = x.size(1);
    long gap = Math.min(Math.abs(offset), frames);
    if (gap == 0) {
      return x;
    }
    Tensor none = torch.zeros_like(x.narrow(1, 0, gap));
    return offset < 0
        ? Tensors.cat(List.of(none, x.narrow(1, 0, frames - gap)), 1)
        : Tensors.cat(List.of(x.narrow(1, gap, frames - gap), none), 1);
  }
}
