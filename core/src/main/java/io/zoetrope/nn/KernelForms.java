package io.zoetrope.nn;

import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.MappedFile;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Winograd;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * A convolution's weights in the forms that its ways of computing want: made from the weights when
 * they are first needed, and again when these have changed. Gradients flow to weights that are
 * trained in a network of which the rest is not.
 */
final class KernelForms implements AutoCloseable {
  private final Tensor weight;
  private final Precision precision;
  private final Form direct;
  private final Form winograd;

  /** One form, with what it was made from: held, so that its memory stays its own. */
  private static final class Form {
    private final UnaryOperator<Tensor> make;
    private Optional<Tensor> made = Optional.empty();
    private Optional<Tensor> from = Optional.empty();
    private long version;

    Form(UnaryOperator<Tensor> make) {
      this.make = make;
    }

    Tensor of(Tensor weight) {
      boolean fresh =
          from.isPresent() && from.get().is_alias_of(weight) && version == weight._version();
      if (!fresh) {
        free();
        from = Optional.of(Scopes.keep(Scopes.tensor(weight::detach)));
        made = Optional.of(Scopes.keep(Scopes.tensor(() -> make.apply(weight))));
        version = weight._version();
        MappedFile.release(weight);
      }
      return made.orElseThrow();
    }

    void free() {
      made.ifPresent(Scopes::free);
      from.ifPresent(Scopes::free);
      made = Optional.empty();
      from = Optional.empty();
    }
  }

  /**
   * @param weight [K, C, kH, kW] as it is stored
   */
  KernelForms(Tensor weight, Precision precision) {
    this.weight = weight;
    this.precision = precision;
    direct = new Form(w -> precision.cast(w));
    winograd = new Form(Winograd::transform);
  }

  /** The weights in the format of the precision policy. */
  Tensor direct() {
    if (precision.fits(weight)) {
      return weight;
    }
    return Autograd.records(weight) ? precision.cast(weight) : direct.of(weight);
  }

  /** A 3x3 convolution of stride 1, padded by 1. */
  Tensor conv(Tensor x, Tensor bias) {
    if (precision != Precision.F32 || GradMode.is_enabled() || !Winograd.pays(x, weight.size(0))) {
      return Ops.conv2d(x, direct(), Optional.of(bias), 1, 1);
    }
    return Winograd.conv(x, winograd.of(weight), bias);
  }

  @Override
  public void close() {
    direct.free();
    winograd.free();
  }
}
