package io.zoetrope.network.vae;

import io.zoetrope.progress.Progress;
import io.zoetrope.torch.ComputeDevice;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * An autoencoder that runs on a device of its own: what it is given goes there, what it makes comes
 * back to where that was. Gradients come along.
 *
 * @param device where {@code inner} lies
 */
record PlacedAutoencoder(Autoencoder inner, ComputeDevice device) implements Autoencoder {
  private Tensor there(UnaryOperator<Tensor> body, Tensor x) {
    return ComputeDevice.of(x).place(body.apply(device.place(x)));
  }

  @Override
  public LatentGrid grid() {
    return inner.grid();
  }

  @Override
  public Tensor encode(Tensor x_BCFHW) {
    return there(inner::encode, x_BCFHW);
  }

  @Override
  public Tensor decode(Tensor z_BCLHW) {
    return there(inner::decode, z_BCLHW);
  }

  @Override
  public Tensor encode(Tensor x_BCFHW, Progress progress) {
    return there(x -> inner.encode(x, progress), x_BCFHW);
  }

  @Override
  public Tensor decode(Tensor z_BCLHW, Progress progress) {
    return there(z -> inner.decode(z, progress), z_BCLHW);
  }

  @Override
  public Passage encoding(long height, long width) {
    return passage(inner.encoding(height, width));
  }

  @Override
  public Passage decoding(long height, long width) {
    return passage(inner.decoding(height, width));
  }

  private Passage passage(Passage through) {
    return new Passage() {
      @Override
      public Tensor next(Tensor piece, Progress progress) {
        return there(x -> through.next(x, progress), piece);
      }

      @Override
      public void close() {
        through.close();
      }
    };
  }

  @Override
  public boolean encodes() {
    return inner.encodes();
  }

  @Override
  public boolean quick() {
    return inner.quick();
  }

  @Override
  public boolean looksAhead() {
    return inner.looksAhead();
  }

  @Override
  public Stretch stretch(long height, long width) {
    return inner.stretch(height, width);
  }

  @Override
  public Optional<Scaling> scaling() {
    return inner.scaling();
  }
}
