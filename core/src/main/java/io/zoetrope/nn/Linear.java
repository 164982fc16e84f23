package io.zoetrope.nn;

import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Precision;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** {@code y = x W^T + b} on the last axis. The result is in the format of the precision policy. */
public final class Linear {
  private final Tensor weight;
  private final Optional<Tensor> bias;
  private final Precision precision;
  private final LoraSlot lora;
  private final Scratch scratch;

  private Linear(Parameters p, Tensor weight, Optional<Tensor> bias) {
    this.weight = weight;
    this.bias = bias;
    precision = p.precision();
    lora = p.lora();
    scratch = p.scratch();
  }

  /** With weight [out, in] and bias [out] (zeros). */
  public static Linear of(Parameters p, long in, long out, Init init) {
    return new Linear(
        p, p.weight("weight", init, out, in), Optional.of(p.weight("bias", Init.ZEROS, out)));
  }

  /** With weight [out, in] only. */
  public static Linear withoutBias(Parameters p, long in, long out, Init init) {
    return new Linear(p, p.weight("weight", init, out, in), Optional.empty());
  }

  /**
   * Of patches: what checkpoints have as a convolution whose stride is its kernel. Features that go
   * in are those of a patch, channel by channel.
   *
   * @param shape of the weight: [out, channels, ...]
   */
  public static Linear ofPatches(Parameters p, Init init, long... shape) {
    return new Linear(
        p, p.weight("weight", init, shape), Optional.of(p.weight("bias", Init.ZEROS, shape[0])));
  }

  /** Features that go in. */
  public int inputs() {
    return Math.toIntExact(weight.numel() / weight.size(0));
  }

  /** x [..., in] -> [..., out]. */
  public Tensor forward(Tensor x) {
    return PackedTensor.of(weight)
        .map(packed ->
            scratch.with(packed, precision, Autograd.records(x), dense -> product(x, dense)))
        .orElseGet(() -> product(x, precision.cast(matrix())));
  }

  private Tensor product(Tensor x, Tensor dense) {
    Tensor input = precision.cast(x);
    Tensor y = Ops.linear(input, dense, bias.map(precision::cast));
    return lora.addTo(y, input, precision, Ops::linear);
  }

  private Tensor matrix() {
    return weight.dim() == 2 ? weight : weight.flatten(1, -1);
  }

  /** Low-rank deltas on this layer. */
  public LoraSlot lora() {
    return lora;
  }
}
