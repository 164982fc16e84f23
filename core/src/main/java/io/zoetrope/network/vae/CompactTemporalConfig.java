package io.zoetrope.network.vae;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Parameters;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Shape of a {@link CompactAutoencoder} whose decoder has layers over time, as a decoder's
 * fine-tuning makes it (docs/methods/decoder-finetune.md).
 *
 * @param patch as in {@link CompactConfig}, and so are the others
 */
public record CompactTemporalConfig(
    @JsonProperty("patch") int patch,
    @JsonProperty("encoder_widths") List<Integer> encoderWidths,
    @JsonProperty("decoder_widths") List<Integer> decoderWidths,
    @JsonProperty("blocks") int blocks,
    @JsonProperty("latent_channels") int latentChannels)
    implements AutoencoderConfig {
  /** What {@code config.json} calls it. */
  public static final String KIND = "CompactTemporalDecoder";

  /** Frames that are decoded at once at least. */
  static final int LEAST = 8;

  public CompactTemporalConfig {
    CompactConfig checked =
        new CompactConfig(patch, encoderWidths, decoderWidths, blocks, latentChannels);
    encoderWidths = checked.encoderWidths();
    decoderWidths = checked.decoderWidths();
  }

  /** With layers over time in the decoder of that. */
  public static CompactTemporalConfig of(CompactConfig image) {
    return new CompactTemporalConfig(
        image.patch(),
        image.encoderWidths(),
        image.decoderWidths(),
        image.blocks(),
        image.latentChannels());
  }

  /** What is left without its layers over time. */
  public CompactConfig image() {
    return new CompactConfig(patch, encoderWidths, decoderWidths, blocks, latentChannels);
  }

  @JsonProperty("_class_name")
  public String kind() {
    return KIND;
  }

  @Override
  public CompactAutoencoder build(Parameters p) {
    return CompactAutoencoder.overTime(image(), p);
  }

  @Override
  public Optional<OverTime> overTime() {
    return Optional.of(
        new OverTime(
            this,
            UnaryOperator.identity(),
            name -> name.contains(".temp_resnets.") || name.contains(".time_conv_out.")));
  }

  @Override
  public LatentGrid grid() {
    return image().grid();
  }

  @Override
  public Footprint footprint(long height, long width) {
    return new Footprint(1, LEAST * CompactConfig.BYTES_PER_PIXEL * height * width);
  }
}
