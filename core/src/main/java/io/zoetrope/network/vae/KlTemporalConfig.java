package io.zoetrope.network.vae;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Precision;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Shape of an {@link AutoencoderKLTemporalDecoder}, under the names of diffusers' {@code
 * vae/config.json}. What a file does not say is as diffusers takes it; beyond diffusers, {@code
 * norm_num_groups}, {@code use_quant_conv} and {@code use_post_quant_conv} may be there, for
 * decoders that began as an {@link AutoencoderKL}'s.
 *
 * @param image the autoencoder of pictures that is left without its layers over time
 */
public record KlTemporalConfig(KlConfig image) implements AutoencoderConfig {
  /** What {@code config.json} calls it. */
  public static final String KIND = "AutoencoderKLTemporalDecoder";

  /** A weight by which a file of one is known. */
  static final String MARK = OverTime.LAST;

  /** Stable Video Diffusion's. */
  public static final KlTemporalConfig SVD =
      new KlTemporalConfig(
          new KlConfig(List.of(128, 256, 512, 512), 2, 4, 32, 768, 0.18215, 0, true, false, true));

  /** Layers of each resolution, of which the middle has as many. */
  private static final int LAYERS = 2;

  private static final int GROUPS = 32;

  /** Frames that are decoded at once at least. */
  static final int LEAST = 8;

  public KlTemporalConfig {
    if (image.blocks() != LAYERS) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "an %s with layers_per_block %s is not supported: only 2 is"
              .formatted(KIND, image.blocks()));
    }
    if (!image.midAttention()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "an %s without attention in the middle is not supported".formatted(KIND));
    }
  }

  /**
   * Reads a {@code config.json}.
   *
   * @throws UserError if it describes an autoencoder that this class is not
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static KlTemporalConfig of(JsonNode json) {
    if (!(json instanceof ObjectNode given)) {
      throw new UserError(Fault.DAMAGED, "an %s's config is an object".formatted(KIND));
    }
    ObjectNode full = given.deepCopy();
    if (!full.has("use_post_quant_conv")) {
      full.put("use_post_quant_conv", false);
    }
    if (!full.has("layers_per_block")) {
      full.put("layers_per_block", 1);
    }
    return new KlTemporalConfig(KlConfig.of(full));
  }

  private static final Pattern BLOCK =
      Pattern.compile("(decoder\\.(?:mid_block|up_blocks\\.\\d+)\\.resnets\\.\\d+\\.)(.+)");

  /** That one of pictures with layers over time, whose weights keep their values. */
  static OverTime over(KlConfig image) {
    return new OverTime(
        new KlTemporalConfig(image),
        name -> BLOCK.matcher(image.names().apply(name)).replaceFirst("$1spatial_res_block.$2"),
        KlTemporalConfig::isNew);
  }

  private static boolean isNew(String name) {
    return name.contains(".temporal_res_block.")
        || name.contains(".time_mixer.")
        || name.contains(".time_conv_out.");
  }

  @Override
  public Optional<OverTime> overTime() {
    return Optional.of(new OverTime(this, names(), KlTemporalConfig::isNew));
  }

  /** As {@code config.json} has it: what diffusers knows, and of the rest what differs. */
  @JsonValue
  Map<String, Object> json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("_class_name", KIND);
    all.put("in_channels", 3);
    all.put("out_channels", 3);
    all.put("down_block_types", Collections.nCopies(image.widths().size(), "DownEncoderBlock2D"));
    all.put("block_out_channels", image.widths());
    all.put("layers_per_block", image.blocks());
    all.put("latent_channels", image.latentChannels());
    all.put("sample_size", image.sampleSize());
    all.put("scaling_factor", image.scalingFactor());
    all.put("force_upcast", true);
    if (image.shiftFactor() != 0) {
      all.put("shift_factor", image.shiftFactor());
    }
    if (image.groups() != GROUPS) {
      all.put("norm_num_groups", image.groups());
    }
    if (!image.quantConv()) {
      all.put("use_quant_conv", false);
    }
    if (image.postQuantConv()) {
      all.put("use_post_quant_conv", true);
    }
    return Collections.unmodifiableMap(all);
  }

  @Override
  public AutoencoderKLTemporalDecoder build(Parameters p) {
    return new AutoencoderKLTemporalDecoder(this, p);
  }

  @Override
  public LatentGrid grid() {
    return image.grid();
  }

  /**
   * What the least that is decoded at once takes: a longer clip is decoded in chunks where memory
   * wants it.
   */
  @Override
  public Footprint footprint(long height, long width) {
    return footprint(height, width, LEAST);
  }

  @Override
  public Footprint footprint(long height, long width, int frames) {
    return new Footprint(
        image.footprint(height, width).perWeight(),
        group(height, width) + Math.min(LEAST, frames) * perFrame(height, width));
  }

  /** Bytes of the frames that are done at once where each is done by itself. */
  long group(long height, long width) {
    return image.footprint(height, width).running();
  }

  /**
   * Bytes of each frame of a clip that is decoded at once: three and a half tensors at the
   * resolution where they are largest, and pixels four times. Measured on Stable Video Diffusion's
   * in f32, 4 to 16 frames of 128x128 to 448x256: what is resident at the worst moment is 4 to 16 %
   * below this, {@link #group} and the weights' forms together.
   */
  long perFrame(long height, long width) {
    long most = 0;
    for (int i = 0; i < image.widths().size(); i++) {
      most = Math.max(most, 2L * image.widths().get(i) >> 2 * i);
    }
    return Float.BYTES * (7 * most / 2 + 4 * 3) * height * width;
  }

  @Override
  public AutoencoderConfig of(Set<String> names) {
    return image.of(names);
  }

  @Override
  public Optional<Autoencoder.Scaling> latentScaling() {
    return image.latentScaling();
  }

  @Override
  public UnaryOperator<String> names() {
    return image.names();
  }

  @Override
  public Precision precision(String dtype) {
    return image.precision(dtype);
  }
}
