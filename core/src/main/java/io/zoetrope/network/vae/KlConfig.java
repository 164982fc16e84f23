package io.zoetrope.network.vae;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Precision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * Shape of an {@link AutoencoderKL}, under the names of diffusers' {@code vae/config.json}. What a
 * file does not say is as diffusers takes it.
 *
 * @param widths channels at each resolution, finest first; each further one halves the size
 * @param blocks residual blocks at each resolution of the encoder; one more in the decoder
 * @param latentChannels channels of a latent
 * @param groups of group normalisation
 * @param sampleSize pixels on a side that it was trained at; the size of a tile
 * @param scalingFactor raw latents times this have about unit variance
 * @param shiftFactor mean of raw latents
 * @param quantConv whether the encoder ends in a 1x1 convolution of its moments
 * @param postQuantConv whether the decoder begins with a 1x1 convolution
 * @param midAttention whether there is attention at the coarsest resolution
 */
public record KlConfig(
    @JsonProperty("block_out_channels") List<Integer> widths,
    @JsonProperty("layers_per_block") int blocks,
    @JsonProperty("latent_channels") int latentChannels,
    @JsonProperty("norm_num_groups") int groups,
    @JsonProperty("sample_size") int sampleSize,
    @JsonProperty("scaling_factor") double scalingFactor,
    @JsonProperty("shift_factor") double shiftFactor,
    @JsonProperty("use_quant_conv") boolean quantConv,
    @JsonProperty("use_post_quant_conv") boolean postQuantConv,
    @JsonProperty("mid_block_add_attention") boolean midAttention)
    implements AutoencoderConfig {
  /** What {@code config.json} calls it. */
  public static final String KIND = "AutoencoderKL";

  /** Channels from which on most weights are of wide 3x3 convolutions. */
  private static final int WIDE = 256;

  /** Stable Diffusion 1.x's: 512x512 pixels to 64x64 latents of 4 channels. */
  public static final KlConfig SD15 =
      new KlConfig(List.of(128, 256, 512, 512), 2, 4, 32, 512, 0.18215, 0, true, true, true);

  public KlConfig {
    widths = List.copyOf(widths);
    if (widths.isEmpty() || blocks < 1 || latentChannels < 1 || groups < 1 || sampleSize < 1) {
      throw new UserError(
          Fault.INVALID,
          "an AutoencoderKL needs block_out_channels, and layers_per_block, latent_channels,"
              + " norm_num_groups and sample_size of at least 1");
    }
    for (int width : widths) {
      if (width < 1 || width % groups != 0) {
        throw new UserError(
            Fault.INVALID,
            "an AutoencoderKL's block_out_channels must be multiples of its %s norm groups, not %s"
                .formatted(groups, width));
      }
    }
    if (!(scalingFactor > 0) || !Double.isFinite(scalingFactor) || !Double.isFinite(shiftFactor)) {
      throw new UserError(
          Fault.INVALID, "an AutoencoderKL's scaling_factor must be above 0, is " + scalingFactor);
    }
  }

  /**
   * Reads a {@code config.json}.
   *
   * @throws UserError if it describes an autoencoder that this class is not
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static KlConfig of(JsonNode json) {
    OnlyKnown known = new OnlyKnown(KIND, json);
    known.require("down_block_types", "DownEncoderBlock2D");
    known.require("up_block_types", "UpDecoderBlock2D");
    known.require("act_fn", "silu");
    known.require("in_channels", "3");
    known.require("out_channels", "3");
    for (String statistics : List.of("latents_mean", "latents_std")) {
      if (json.hasNonNull(statistics)) {
        throw new UserError(
            Fault.UNSUPPORTED, "an AutoencoderKL with " + statistics + " is not supported");
      }
    }
    List<Integer> widths = new ArrayList<>();
    json.path("block_out_channels").forEach(width -> widths.add(width.asInt(0)));
    JsonNode size = json.path("sample_size");
    return new KlConfig(
        json.has("block_out_channels") ? widths : List.of(64),
        json.path("layers_per_block").asInt(1),
        json.path("latent_channels").asInt(4),
        json.path("norm_num_groups").asInt(32),
        (size.isArray() ? size.path(0) : size).asInt(32),
        json.path("scaling_factor").asDouble(SD15.scalingFactor),
        json.path("shift_factor").asDouble(0),
        json.path("use_quant_conv").asBoolean(true),
        json.path("use_post_quant_conv").asBoolean(true),
        json.path("mid_block_add_attention").asBoolean(true));
  }

  @JsonProperty("_class_name")
  public String kind() {
    return KIND;
  }

  @Override
  public AutoencoderKL build(Parameters p) {
    return new AutoencoderKL(this, p);
  }

  @Override
  public LatentGrid grid() {
    return LatentGrid.ofPictures(latentChannels, factor());
  }

  @Override
  public Footprint footprint(long height, long width) {
    boolean wide = Collections.max(widths) >= WIDE;
    return new Footprint(
        wide ? Footprint.CONVOLUTIONS : 1,
        AutoencoderConfig.super.footprint(height, width).running());
  }

  @Override
  public AutoencoderConfig of(Set<String> names) {
    KlConfig own =
        new KlConfig(
            widths,
            blocks,
            latentChannels,
            groups,
            sampleSize,
            scalingFactor,
            shiftFactor,
            names.contains("quant_conv.weight"),
            names.contains("post_quant_conv.weight"),
            midAttention);
    return names.contains(KlTemporalConfig.MARK) ? new KlTemporalConfig(own) : own;
  }

  @Override
  public Optional<OverTime> overTime() {
    return Optional.of(KlTemporalConfig.over(this));
  }

  @Override
  public Optional<Autoencoder.Scaling> latentScaling() {
    return Optional.of(new Autoencoder.Scaling(scalingFactor, shiftFactor));
  }

  @Override
  public UnaryOperator<String> names() {
    return KlNames::modern;
  }

  @Override
  public Precision precision(String dtype) {
    return Precision.of(dtype, Collections.max(widths));
  }

  /** Pixels on a side for each latent. */
  int factor() {
    return 1 << (widths.size() - 1);
  }
}
