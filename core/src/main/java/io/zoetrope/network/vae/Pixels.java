package io.zoetrope.network.vae;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * No autoencoder at all: latents are the pixels, in [-1, 1]. It has no weights.
 *
 * @param kind {@link #KIND}
 */
public record Pixels(@JsonProperty("_class_name") String kind)
    implements AutoencoderConfig, Autoencoder {
  /** What {@code config.json} calls it. */
  public static final String KIND = "Pixels";

  public static final Pixels INSTANCE = new Pixels(KIND);

  @Override
  public Pixels build(Parameters p) {
    return this;
  }

  @Override
  public LatentGrid grid() {
    return LatentGrid.ofPictures(3, 1);
  }

  @Override
  public Footprint footprint(long height, long width) {
    return new Footprint(1, 0);
  }

  @Override
  public boolean encodes() {
    return false;
  }

  @Override
  public boolean hasWeights() {
    return false;
  }

  @Override
  public Tensor encode(Tensor x_BCFHW) {
    Tensors.requireVideo(x_BCFHW, 3);
    return x_BCFHW;
  }

  @Override
  public Tensor decode(Tensor z_BCFHW) {
    Tensors.requireVideo(z_BCFHW, 3);
    return z_BCFHW;
  }
}
