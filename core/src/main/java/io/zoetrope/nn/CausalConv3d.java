package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.torch.Winograd;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * 3x3x3 convolution with bias, padded by 1 in space, in which a frame sees itself and the two
 * before it; before the first one there are zeros. Done frame by frame as a 2-D convolution: the
 * frames in reach lie side by side as channels. So a frame comes out the same to the bit whatever
 * it is done with, and missing frames cost nothing.
 */
public final class CausalConv3d {
  /** Frames that one of the result sees. */
  public static final int REACH = 3;

  private final Tensor weight;
  private final Tensor bias;
  private final Precision precision;
  private final Optional<KernelForms> forms;

  private CausalConv3d(
      Tensor weight, Tensor bias, Precision precision, Optional<KernelForms> forms) {
    this.weight = weight;
    this.bias = bias;
    this.precision = precision;
    this.forms = forms;
  }

  /** With weight [out, in, 3, 3, 3] and bias [out] (zeros). */
  public static CausalConv3d of(Parameters p, long in, long out, Init init) {
    Tensor weight = p.kernel("weight", init, out, in, REACH, 3, 3);
    return new CausalConv3d(
        weight,
        p.weight("bias", Init.ZEROS, out),
        p.precision(),
        p.forms(weight, KernelForms.Layout.FRAMES_AS_CHANNELS));
  }

  /**
   * One frame of the result.
   *
   * @param frames_BHWC the frame and those before it, at most {@value #REACH}, the earliest first
   * @return [B, H, W, out], f32
   */
  public Tensor forward(List<Tensor> frames_BHWC) {
    return Scopes.part(() -> {
      int taps = frames_BHWC.size();
      Tensor all = taps == 1 ? frames_BHWC.getFirst() : Tensors.cat(frames_BHWC, -1);
      Tensor x_BCHW = precision.cast(all).permute(0, 3, 1, 2);
      return convolve(x_BCHW, taps).to(ScalarType.Float).permute(0, 2, 3, 1);
    });
  }

  private Tensor convolve(Tensor x_BCHW, int taps) {
    long channels = x_BCHW.size(1);
    long from = channels / taps * (REACH - taps);
    if (forms.isPresent() && fast(x_BCHW)) {
      return Winograd.conv(x_BCHW, forms.get().winograd().narrow(1, from, channels), bias);
    }
    Tensor flat =
        forms
            .map(KernelForms::direct)
            .orElseGet(() -> precision.cast(KernelForms.Layout.FRAMES_AS_CHANNELS.of(weight)))
            .narrow(1, from, channels);
    return Ops.conv2d(x_BCHW, flat, Optional.of(precision.cast(bias)), 1, 1);
  }

  private boolean fast(Tensor x_BCHW) {
    return precision == Precision.F32
        && !GradMode.is_enabled()
        && Winograd.paysFrames(x_BCHW, weight.size(0));
  }
}
