package io.zoetrope.network.vae;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.torch.UserError;
import java.util.List;

/**
 * Shape of a {@link CompactAutoencoder}.
 *
 * @param patch pixels on a side that the first layer folds into channels
 * @param widths channels at each resolution, finest first; each further one halves the size
 * @param blocks residual blocks at each resolution
 * @param latentChannels channels of a latent
 */
public record CompactConfig(
    @JsonProperty("patch") int patch,
    @JsonProperty("widths") List<Integer> widths,
    @JsonProperty("blocks") int blocks,
    @JsonProperty("latent_channels") int latentChannels) {

  /** The bundled model's: 128x128 pixels to 8x8 latents. */
  public static final CompactConfig TOYBOX = new CompactConfig(4, List.of(64, 128, 128), 2, 8);

  /** For tests. */
  public static final CompactConfig TINY = new CompactConfig(2, List.of(8, 8), 1, 4);

  public CompactConfig {
    widths = List.copyOf(widths);
    if (patch < 1 || widths.isEmpty() || blocks < 1 || latentChannels < 1) {
      throw new UserError(
          "an autoencoder needs patch, blocks and latent_channels of at least 1, and widths");
    }
    for (int width : widths) {
      if (width < 1 || width % 8 != 0) {
        throw new UserError("autoencoder widths must be multiples of 8, not " + width);
      }
    }
  }

  /** Pixels on a side for each latent. */
  public int factor() {
    return patch << (widths.size() - 1);
  }
}
