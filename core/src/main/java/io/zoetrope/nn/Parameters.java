package io.zoetrope.nn;

import io.zoetrope.nn.ParameterStore.Use;
import io.zoetrope.torch.AttentionKernel;
import io.zoetrope.torch.Precision;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A place in the tree of names of a {@link ParameterStore}: where a layer asks for its tensors. */
public final class Parameters {
  private final ParameterStore store;
  private final String prefix;

  Parameters(ParameterStore store, String prefix) {
    this.store = store;
    this.prefix = prefix;
  }

  /** The place below: names get {@code name.} in front. */
  public Parameters at(String name) {
    return new Parameters(store, prefix + name + ".");
  }

  /** The n-th place below, as in a list of blocks. */
  public Parameters at(int index) {
    return at(Integer.toString(index));
  }

  public Precision precision() {
    return store.precision();
  }

  /** How attention is computed. */
  AttentionKernel attention() {
    return store.holding().attention();
  }

  /** A weight of a matrix product or convolution: follows the precision policy. */
  public Tensor weight(String name, Init init, long... shape) {
    return store.get(prefix + name, Use.PRODUCT, init, shape);
  }

  /**
   * The weight of a convolution. Where nothing is trained it may be in the format of its file: see
   * {@link KernelForms}.
   */
  Tensor kernel(String name, Init init, long... shape) {
    return store.get(prefix + name, Use.KERNEL, init, shape);
  }

  /** What computes with a {@link #kernel}; empty where it is trained. */
  Optional<KernelForms> forms(Tensor kernel) {
    return forms(kernel, KernelForms.Layout.AS_STORED);
  }

  /** As above, of a kernel that is computed with in another layout. */
  Optional<KernelForms> forms(Tensor kernel, KernelForms.Layout layout) {
    return store.forms(kernel, layout);
  }

  /**
   * A table whose rows are looked up, f32 where it does not wait in its file ({@link
   * Keeping#WAITING}): like a product's weight it may wait, and one of 256 rows and more may be
   * packed: read it by {@link io.zoetrope.torch.PackedTensor#rows}.
   */
  public Tensor table(String name, Init init, long... shape) {
    return store.get(prefix + name, Use.TABLE, init, shape);
  }

  /** Any other parameter: always f32. */
  public Tensor plain(String name, Init init, long... shape) {
    return store.get(prefix + name, Use.PLAIN, init, shape);
  }

  /** Where the layer at this place takes low-rank updates beside its weight. */
  LoraSlot lora() {
    return store.slot(prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1));
  }

  /** Where packed weights are unpacked to. */
  Scratch scratch() {
    return store.scratch();
  }

  /**
   * A table that follows from the network's shape, but that checkpoints may hold: f32, from the
   * source where that has it, never missing.
   */
  public Tensor buffer(String name, Init init, long... shape) {
    return store.buffer(prefix + name, init, shape);
  }
}
