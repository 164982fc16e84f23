package io.zoetrope.torch;

import io.zoetrope.progress.WithinStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Operations of libtorch under signatures a person would write. */
public final class Ops {
  /** Mean in deviations from which on a variance has lost a digit or more. */
  private static final double POOR_MEAN = 4;

  /** Multiplications of an attention's logits from which on it takes a second or so. */
  private static final double LONG = 5e10;

  private Ops() {}

  /** {@code x W^T + b}; x is [..., in], the weight [out, in], the bias [out]. */
  public static Tensor linear(Tensor x, Tensor weight, Optional<Tensor> bias) {
    WithinStep.requireGoing();
    if (!GradMode.is_enabled() && PixelProduct.pays(x, weight)) {
      return PixelProduct.forward(x, weight, bias);
    }
    return !GradMode.is_enabled() && Products.linearFits(x, weight, bias)
        ? Products.linear(x, weight, bias)
        : torch.linear(x, weight, optional(bias));
  }

  /** 2-D convolution over x [N, C, H, W] with a weight [out, C / groups, kH, kW]. */
  public static Tensor conv2d(
      Tensor x, Tensor weight, Optional<Tensor> bias, long stride, long padding) {
    WithinStep.requireGoing();
    return torch.conv2d(
        x,
        weight,
        optional(bias),
        new long[] {stride, stride},
        new long[] {padding, padding},
        new long[] {1, 1},
        1);
  }

  /**
   * 3-D convolution over x [N, C, F, H, W] with a weight [out, C, kF, kH, kW].
   *
   * @param stride over frames, rows and columns
   * @param padding zeros before and after, likewise
   */
  public static Tensor conv3d(
      Tensor x, Tensor weight, Optional<Tensor> bias, long[] stride, long[] padding) {
    WithinStep.requireGoing();
    return torch.conv3d(x, weight, optional(bias), stride, padding, new long[] {1, 1, 1}, 1);
  }

  /** Normalises over the last axis. */
  public static Tensor layerNorm(
      Tensor x, Optional<Tensor> weight, Optional<Tensor> bias, double eps) {
    return torch.layer_norm(
        x, new long[] {x.size(-1)}, optional(weight), optional(bias), eps, true);
  }

  /** Root-mean-square normalisation over the last axis (Zhang &amp; Sennrich, 2019). */
  public static Tensor rmsNorm(Tensor x, Optional<Tensor> weight, double eps) {
    return torch.rms_norm(x, new long[] {x.size(-1)}, optional(weight), new DoubleOptional(eps));
  }

  /**
   * Normalises groups of channels of x [N, C, ...].
   *
   * <p>Where channels lie next to each other in memory, libtorch's kernel for CPUs takes the
   * variance as {@code E[x^2] - E[x]^2}, which loses digits where a mean is large beside the
   * deviation. Rows of x for which that happens are done again by the kernel for the plain layout,
   * which does not; a row's result depends on that row alone.
   *
   * <p>Backwards that kernel writes the gradient of x whether it is wanted or not, and where it is
   * not, to address 0 (libtorch 2.10): so where gain or bias learns, it is wanted.
   */
  public static Tensor groupNorm(
      Tensor x, long groups, Optional<Tensor> weight, Optional<Tensor> bias, double eps) {
    return normed(learns(weight, bias) ? joining(x) : x, groups, weight, bias, eps);
  }

  /** Whether gain or bias of a norm learns. */
  private static boolean learns(Optional<Tensor> weight, Optional<Tensor> bias) {
    return GradMode.is_enabled()
        && Stream.concat(weight.stream(), bias.stream()).anyMatch(Tensor::requires_grad);
  }

  /** The same numbers, whose gradient is taken, if only to be forgotten. */
  private static Tensor joining(Tensor t) {
    return t.requires_grad() ? t : t.detach().set_requires_grad(true);
  }

  private static Tensor normed(
      Tensor x, long groups, Optional<Tensor> weight, Optional<Tensor> bias, double eps) {
    if (!x.device().is_cpu()
        || x.dim() != 4
        || x.is_contiguous()
        || !x.is_contiguous(torch.MemoryFormat.ChannelsLast)
        || x.scalar_type().intern() != ScalarType.Float) {
      return torch.group_norm(x, groups, optional(weight), optional(bias), eps, true);
    }
    T_TensorTensorTensor_T normed =
        torch.native_group_norm(
            x,
            optional(weight),
            optional(bias),
            x.size(0),
            x.size(1),
            x.size(2) * x.size(3),
            groups,
            eps);
    Tensor ratio_N =
        normed.get1().detach().mul(normed.get2().detach()).abs().amax(new long[] {1}, false);
    Tensor poor = ratio_N.gt(new Scalar(POOR_MEAN)).nonzero().flatten();
    if (poor.numel() == 0) {
      return normed.get0();
    }
    Tensor again =
        torch.group_norm(
            x.index_select(0, poor).contiguous(),
            groups,
            optional(weight),
            optional(bias),
            eps,
            true);
    return normed.get0().index_copy(0, poor, again);
  }

  /**
   * Softmax attention over q, k, v [B, Hd, N, D], scaled by {@code 1 / sqrt(D)}.
   *
   * @param mask added to the logits, or boolean with true = may look; broadcast to [B, Hd, Nq, Nk]
   */
  public static Tensor attention(Tensor q, Tensor k, Tensor v, Optional<Tensor> mask) {
    WithinStep.requireGoing();
    double logits = (double) q.numel() * k.size(-2);
    if (logits < LONG || q.size(0) == 1 || GradMode.is_enabled() || !WithinStep.watched()) {
      return fused(q, k, v, mask);
    }
    // Each row of the batch is computed by itself anyhow; so it can be stopped between them.
    List<Tensor> rows = new ArrayList<>();
    for (long b = 0; b < q.size(0); b++) {
      long at = b;
      WithinStep.requireGoing();
      rows.add(
          fused(
              q.narrow(0, at, 1),
              k.narrow(0, at, 1),
              v.narrow(0, at, 1),
              mask.map(m -> m.dim() < 4 || m.size(0) == 1 ? m : m.narrow(0, at, 1))));
    }
    return Tensors.cat(rows, 0);
  }

  private static Tensor fused(Tensor q, Tensor k, Tensor v, Optional<Tensor> mask) {
    return BackwardAlone.through(
        q,
        k,
        v,
        (queries, keys, values) ->
            Blas.alone(() ->
                torch.scaled_dot_product_attention(
                    queries,
                    keys,
                    values,
                    optional(mask),
                    0.0,
                    false,
                    new DoubleOptional(),
                    false)));
  }

  /** As {@link #attention}: each token looks at itself and those before. */
  public static Tensor causalAttention(Tensor q, Tensor k, Tensor v) {
    return BackwardAlone.through(
        q,
        k,
        v,
        (queries, keys, values) ->
            Blas.alone(() ->
                torch.scaled_dot_product_attention(
                    queries,
                    keys,
                    values,
                    new TensorOptional(),
                    0.0,
                    true,
                    new DoubleOptional(),
                    false)));
  }

  /** Stretches x [N, C, H, W] to another height and width, each pixel taking its nearest. */
  public static Tensor nearest(Tensor x, long height, long width) {
    return torch.upsample_nearest2d(
        x, new long[] {height, width}, new DoubleOptional(), new DoubleOptional());
  }

  /** x [..., H, W] with columns of zeros at its left and right, rows at its top and bottom. */
  public static Tensor pad(Tensor x, long left, long right, long top, long bottom) {
    return torch.constant_pad_nd(x, new long[] {left, right, top, bottom}, new Scalar(0.0));
  }

  /** x [N, C, H, W] with channels next to each other in memory: convolutions are faster so. */
  public static Tensor channelsLast(Tensor x) {
    return x.contiguous(torch.MemoryFormat.ChannelsLast);
  }

  /** GELU by its tanh approximation. */
  public static Tensor geluTanh(Tensor x) {
    return torch.gelu(x, "tanh");
  }

  public static Tensor clamp(Tensor x, double low, double high) {
    return x.clamp(new ScalarOptional(new Scalar(low)), new ScalarOptional(new Scalar(high)));
  }

  /** {@code x + y * factor}. */
  /** x [N, C, H, W] made smaller: each place is the mean of what it covers. */
  public static Tensor area(Tensor x, long height, long width) {
    return torch.adaptive_avg_pool2d(x, height, width);
  }

  public static Tensor addScaled(Tensor x, Tensor y, double factor) {
    return x.add(y, new Scalar(factor));
  }

  public static Tensor mul(Tensor x, double factor) {
    return x.mul(new Scalar(factor));
  }

  /** x where the condition holds, else a constant; they broadcast. */
  public static Tensor where(Tensor condition, Tensor x, double otherwise) {
    return x.masked_fill(condition.logical_not(), new Scalar(otherwise));
  }

  public static Tensor div(Tensor x, double divisor) {
    return x.div(new Scalar(divisor));
  }

  /** Halves a tensor where it is. */
  static void halve(Tensor x) {
    x.mul_(new Scalar(0.5));
  }

  /** {@code x * sigmoid(x)}, in x's own memory unless gradients are recorded. */
  public static Tensor siluOver(Tensor x) {
    return GradMode.is_enabled() ? torch.silu(x) : torch.silu_(x);
  }

  /** {@code max(x, 0)}, in x's own memory unless gradients are recorded. */
  public static Tensor reluOver(Tensor x) {
    return GradMode.is_enabled() ? torch.relu(x) : x.relu_();
  }

  /** {@code x * y} in x's own memory, unless gradients are recorded. */
  public static Tensor mulOver(Tensor x, Tensor y) {
    return GradMode.is_enabled() ? x.mul(y) : x.mul_(y);
  }

  /**
   * {@code x + y} in x's own memory, unless gradients are recorded or y's format is not x's and x
   * is not f32.
   *
   * @param y no larger than x
   */
  public static Tensor addOver(Tensor x, Tensor y) {
    ScalarType own = x.scalar_type().intern();
    boolean fits = own == y.scalar_type().intern() || own == ScalarType.Float;
    return GradMode.is_enabled() || !fits ? x.add(y) : x.add_(y);
  }

  /**
   * As {@link #addOver(Tensor, Tensor)}, of what a branch beside x computes: without gradients, all
   * that the branch made is freed.
   */
  public static Tensor addOver(Tensor x, Supplier<Tensor> branch) {
    Tensor y = Scopes.part(branch);
    Tensor sum = addOver(x, y);
    if (!GradMode.is_enabled()) {
      Scopes.free(y);
    }
    return sum;
  }

  public static Tensor add(Tensor x, double term) {
    return x.add(new Scalar(term));
  }

  /** Mean over some axes, which disappear. */
  public static Tensor mean(Tensor x, long... axes) {
    return x.mean(axes, false, new ScalarTypeOptional());
  }

  /** Lengths of the vectors of the last axis, [..., 1], but none less than {@code least}. */
  public static Tensor lengths(Tensor x, double least) {
    return torch
        .norm(x, new ScalarOptional(new Scalar(2.0)), new long[] {-1}, true)
        .clamp_min(new Scalar(least));
  }

  /**
   * Standard deviation over some axes, which disappear; of the numbers themselves, not of a sample.
   */
  public static Tensor std(Tensor x, long... axes) {
    return x.std(axes, false, false);
  }

  /** Mean of the squared difference, over all elements: a scalar tensor. */
  public static Tensor mse(Tensor x, Tensor y) {
    return x.sub(y).square().mean();
  }

  /** Discrete Fourier transform over some axes, one after the other; complex. */
  public static Tensor fft(Tensor x, long... axes) {
    Tensor y = x;
    for (long axis : axes) {
      y = torch.fft_fft(y, new LongOptional(), axis, new StringViewOptional());
    }
    return y;
  }

  /** The inverse of {@link #fft}, and of what comes out the real part. */
  public static Tensor inverseFft(Tensor x, long... axes) {
    Tensor y = x;
    for (long axis : axes) {
      y = torch.fft_ifft(y, new LongOptional(), axis, new StringViewOptional());
    }
    return torch.real(y);
  }

  private static TensorOptional optional(Optional<Tensor> t) {
    return t.map(TensorOptional::new).orElseGet(TensorOptional::new);
  }
}
