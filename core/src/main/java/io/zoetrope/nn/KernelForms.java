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
  private final Layout layout;
  private final Form direct;
  private final Form winograd;

  /** How a stored weight lies as the one that is computed with. */
  enum Layout {
    /** As it is: [K, C, kH, kW]. */
    AS_STORED {
      @Override
      Tensor of(Tensor weight) {
        return weight;
      }
    },
    /** Frames in reach as channels side by side, the earliest first: [K, C, kT, kH, kW]. */
    FRAMES_AS_CHANNELS {
      @Override
      Tensor of(Tensor weight) {
        return weight.transpose(1, 2).flatten(1, 2);
      }
    };

    abstract Tensor of(Tensor weight);
  }

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
    this(weight, precision, Layout.AS_STORED);
  }

  /**
   * @param weight as it is stored
   * @param layout how it lies as the [K, C, kH, kW] that is computed with
   */
  KernelForms(Tensor weight, Precision precision, Layout layout) {
    this.weight = weight;
    this.precision = precision;
    this.layout = layout;
    direct = new Form(w -> precision.cast(layout.of(w)));
    winograd = new Form(w -> Winograd.transform(layout.of(w)));
  }

  /** The weights in the format of the precision policy. */
  Tensor direct() {
    if (precision.fits(weight) && layout == Layout.AS_STORED) {
      return weight;
    }
    return Autograd.records(weight) ? precision.cast(layout.of(weight)) : direct.of(weight);
  }

  /** [16, C, K]: see {@link Winograd#transform}. */
  Tensor winograd() {
    return winograd.of(weight);
  }

  /** A 3x3 convolution of stride 1, padded by 1. */
  Tensor conv(Tensor x, Tensor bias) {
    if (precision != Precision.F32 || GradMode.is_enabled() || !Winograd.pays(x, weight.size(0))) {
      return Ops.conv2d(x, direct(), Optional.of(bias), 1, 1);
    }
    return Winograd.conv(x, winograd(), bias);
  }

  @Override
  public void close() {
    direct.free();
    winograd.free();
  }
}
