package io.zoetrope.nn;

import io.zoetrope.torch.AttentionKernel;
import io.zoetrope.torch.ComputeDevice;
import io.zoetrope.torch.Precision;

/**
 * How the parameters of a network are held and computed with: all that a {@link ParameterStore} is
 * told at its start.
 *
 * @param precision number form of matrix products and convolutions
 * @param keeping what becomes of given weights
 * @param device where they lie, and the network runs
 * @param attention how attention is computed
 */
public record Holding(
    Precision precision, Keeping keeping, ComputeDevice device, AttentionKernel attention) {
  private static Holding of(Precision precision, Keeping keeping) {
    return new Holding(precision, keeping, ComputeDevice.CPU, AttentionKernel.FUSED);
  }

  /** To train, on the processor. */
  public static Holding masters(Precision precision) {
    return of(precision, Keeping.MASTERS);
  }

  /** To run, on the processor. */
  public static Holding mapped(Precision precision) {
    return of(precision, Keeping.MAPPED);
  }

  /** To run once in a while, on the processor. */
  public static Holding waiting(Precision precision) {
    return of(precision, Keeping.WAITING);
  }

  /** To be looked at. */
  public static Holding shapes() {
    return of(Precision.F32, Keeping.SHAPES);
  }

  /** This on another device. */
  public Holding on(ComputeDevice other) {
    return new Holding(precision, keeping, other, attention);
  }

  /** This with attention computed in another way. */
  public Holding with(AttentionKernel kernel) {
    return new Holding(precision, keeping, device, kernel);
  }

  /** This in another number form. */
  public Holding in(Precision other) {
    return new Holding(other, keeping, device, attention);
  }
}
