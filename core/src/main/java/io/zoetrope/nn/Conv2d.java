package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** 2-D convolution with bias. The result is in the format of the precision policy. */
public final class Conv2d {
  private final Tensor weight;
  private final Tensor bias;
  private final long stride;
  private final long padding;
  private final Precision precision;
  private final LoraSlot lora;

  private Conv2d(
      Tensor weight, Tensor bias, long stride, long padding, Precision precision, LoraSlot lora) {
    this.weight = weight;
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
    return of(p, in, out, kernel, stride, kernel / 2, init);
  }

  /** As {@link #of} without padding: for inputs that were padded otherwise. */
  public static Conv2d unpadded(
      Parameters p, long in, long out, long kernel, long stride, Init init) {
    return of(p, in, out, kernel, stride, 0, init);
  }

  private static Conv2d of(
      Parameters p, long in, long out, long kernel, long stride, long padding, Init init) {
    return new Conv2d(
        p.weight("weight", init, out, in, kernel, kernel),
        p.weight("bias", Init.ZEROS, out),
        stride,
        padding,
        p.precision(),
        p.lora());
  }

  /** x [N, in, H, W] -> [N, out, H', W']. */
  public Tensor forward(Tensor x) {
    Tensor input = precision.cast(x);
    Tensor y =
        Ops.conv2d(
            input, precision.cast(weight), Optional.of(precision.cast(bias)), stride, padding);
    return lora.addTo(
        y,
        input,
        precision,
        (in, w, none) -> Ops.conv2d(in, w, none, stride, padding),
        (in, w, none) -> Ops.conv2d(in, w, none, 1, 0));
  }

  /** Low-rank deltas on this layer. */
  public LoraSlot lora() {
    return lora;
  }
}
