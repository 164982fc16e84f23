package io.zoetrope.network.vae;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Parameters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Shape of a {@link CompactAutoencoder}.
 *
 * @param patch pixels on a side that the first layer folds into channels
 * @param encoderWidths channels at each resolution of the encoder, finest first; each further one
 *     halves the size
 * @param decoderWidths the same of the decoder, finest first; as many
 * @param blocks residual blocks at each resolution
 * @param latentChannels channels of a latent
 */
public record CompactConfig(
    @JsonProperty("patch") int patch,
    @JsonProperty("encoder_widths") List<Integer> encoderWidths,
    @JsonProperty("decoder_widths") List<Integer> decoderWidths,
    @JsonProperty("blocks") int blocks,
    @JsonProperty("latent_channels") int latentChannels)
    implements AutoencoderConfig {

  /**
   * Named sizes; "toybox" is the bundled model's: 128x128 pixels to 8x8 latents; "toybox-half" has
   * half the channels of them.
   */
  public static final Map<String, CompactConfig> SIZES =
      Map.of(
          "tiny", new CompactConfig(2, List.of(8, 8), List.of(8, 8), 1, 4),
          "toybox", new CompactConfig(4, List.of(32, 64, 128), List.of(64, 128, 128), 2, 8),
          "toybox-half", new CompactConfig(4, List.of(32, 64, 128), List.of(64, 128, 128), 2, 4));

  static final long BYTES_PER_PIXEL = 704;

  public CompactConfig {
    encoderWidths = List.copyOf(encoderWidths);
    decoderWidths = List.copyOf(decoderWidths);
    if (patch < 1 || encoderWidths.isEmpty() || blocks < 1 || latentChannels < 1) {
      throw new UserError(
          Fault.INVALID,
          "an autoencoder needs patch, blocks and latent_channels of at least 1, and widths");
    }
    if (encoderWidths.size() != decoderWidths.size()) {
      throw new UserError(Fault.INVALID, "encoder_widths and decoder_widths must be equally many");
    }
    for (int width : Stream.concat(encoderWidths.stream(), decoderWidths.stream()).toList()) {
      if (width < 1 || width % 8 != 0) {
        throw new UserError(
            Fault.INVALID, "autoencoder widths must be multiples of 8, not " + width);
      }
    }
  }

  /**
   * @throws UserError if there is no size of that name
   */
  public static CompactConfig size(String name) {
    CompactConfig config = SIZES.get(name);
    if (config == null) {
      throw new UserError(
          Fault.INVALID,
          "unknown size '" + name + "'",
          "use one of " + SIZES.keySet().stream().sorted().toList());
    }
    return config;
  }

  /**
   * It does as many frames at once as a stretch has; of the bundled model's size, a pixel of them
   * takes {@value #BYTES_PER_PIXEL} bytes at most (measured at 512x512).
   */
  @Override
  public Footprint footprint(long height, long width) {
    return new Footprint(1, Math.max(Autoencoder.Stretch.PIXELS, height * width) * BYTES_PER_PIXEL);
  }

  @Override
  public CompactAutoencoder build(Parameters p) {
    return new CompactAutoencoder(this, p);
  }

  @Override
  public Optional<OverTime> overTime() {
    return CompactTemporalConfig.of(this).overTime();
  }

  @Override
  public LatentGrid grid() {
    return LatentGrid.ofPictures(latentChannels, patch << (encoderWidths.size() - 1));
  }
}
