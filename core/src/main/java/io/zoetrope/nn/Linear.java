package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** {@code y = x W^T + b} on the last axis. The result is in the format of the precision policy. */
public final class Linear {
  private final Tensor weight;
  private final Optional<Tensor> bias;
  private final Precision precision;
  private final LoraSlot lora;

  private Linear(Tensor weight, Optional<Tensor> bias, Precision precision, LoraSlot lora) {
    this.weight = weight;
    this.bias = bias;
    this.precision = precision;
    this.lora = lora;
  }

  /** With weight [out, in] and bias [out] (zeros). */
  public static Linear of(Parameters p, long in, long out, Init init) {
    return new Linear(
        p.weight("weight", init, out, in),
        Optional.of(p.weight("bias", Init.ZEROS, out)),
        p.precision(),
        p.lora());
  }

  /** With weight [out, in] only. */
  public static Linear withoutBias(Parameters p, long in, long out, Init init) {
    return new Linear(p.weight("weight", init, out, in), Optional.empty(), p.precision(), p.lora());
  }

  /**
   * Of patches: what checkpoints have as a convolution whose stride is its kernel. Features that go
   * in are those of a patch, channel by channel.
   *
   * @param shape of the weight: [out, channels, ...]
   */
  public static Linear ofPatches(Parameters p, Init init, long... shape) {
    return new Linear(
        p.weight("weight", init, shape),
        Optional.of(p.weight("bias", Init.ZEROS, shape[0])),
        p.precision(),
        p.lora());
  }

  /** Features that go in. */
  public int inputs() {
    return Math.toIntExact(weight.numel() / weight.size(0));
  }

  /** x [..., in] -> [..., out]. */
  public Tensor forward(Tensor x) {
    // What is unpacked is as large as the layer: it does not wait for the scope around.
    return PackedTensor.of(weight).isPresent() ? Scopes.part(() -> product(x)) : product(x);
  }

  private Tensor product(Tensor x) {
    Tensor input = precision.cast(x);
    Tensor y = Ops.linear(input, precision.cast(matrix()), bias.map(precision::cast));
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
