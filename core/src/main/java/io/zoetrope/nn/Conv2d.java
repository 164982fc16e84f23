package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** 2-D convolution, mostly with bias. The result is in the format of the precision policy. */
public final class Conv2d {
  private final Tensor weight;
  private final Optional<Tensor> bias;
  private final long stride;
  private final long padding;
  private final Precision precision;
  private final LoraSlot lora;
  private final Optional<KernelForms> forms;

  private Conv2d(
      Tensor weight,
      Optional<Tensor> bias,
      long stride,
      long padding,
      Precision precision,
      LoraSlot lora,
      Optional<KernelForms> forms) {
    this.weight = weight;
    this.forms = forms;
    this.bias = bias;
    this.stride = stride;
    this.padding = padding;
    this.precision = precision;
    this.lora = lora;
  }

  /**
   * With weight [out, in, kernel, kernel] and bias [out] (zeros); pads by {@code kernel / 2}.
   *
   * @param kernel odd
   */
  public static Conv2d of(Parameters p, long in, long out, long kernel, long stride, Init init) {
    return of(p, in, out, kernel, stride, kernel / 2, true, init);
  }

  /** As {@link #of} without padding: for inputs that were padded otherwise. */
  public static Conv2d unpadded(
      Parameters p, long in, long out, long kernel, long stride, Init init) {
    return of(p, in, out, kernel, stride, 0, true, init);
  }

  /** As {@link #of} without a bias. */
  public static Conv2d unbiased(
      Parameters p, long in, long out, long kernel, long stride, Init init) {
    return of(p, in, out, kernel, stride, kernel / 2, false, init);
  }

  private static Conv2d of(
      Parameters p,
      long in,
      long out,
      long kernel,
      long stride,
      long padding,
      boolean biased,
      Init init) {
    Tensor weight = p.kernel("weight", init, out, in, kernel, kernel);
    return new Conv2d(
        weight,
        biased ? Optional.of(p.weight("bias", Init.ZEROS, out)) : Optional.empty(),
        stride,
        padding,
        p.precision(),
        p.lora(),
        p.forms(weight));
  }

  /** x [N, in, H, W] -> [N, out, H', W']. */
  public Tensor forward(Tensor x) {
    Tensor input = precision.cast(x);
    Tensor y = convolve(input, bias.map(precision::cast));
    return lora.addTo(
        y,
        input,
        precision,
        (in, w, none) -> Ops.conv2d(in, w, none, stride, padding),
        (in, w, none) -> Ops.conv2d(in, w, none, 1, 0));
  }

  private Tensor convolve(Tensor x, Optional<Tensor> added) {
    if (forms.isEmpty()) {
      return Ops.conv2d(x, precision.cast(weight), added, stride, padding);
    }
    boolean common =
        added.isPresent()
            && weight.size(2) == 3
            && weight.size(3) == 3
            && stride == 1
            && padding == 1;
    return common
        ? forms.get().conv(x, added.get())
        : Ops.conv2d(x, forms.get().direct(), added, stride, padding);
  }

  /** Low-rank deltas on this layer. */
  public LoraSlot lora() {
    return lora;
  }
}
