package io.zoetrope.network.vae.wan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * Shape of a {@link WanVae}, under the names of diffusers' {@code vae/config.json}. What a file
 * does not say is as diffusers takes it.
 *
 * @param baseDim features at the finest resolution of the encoder
 * @param decoderBaseDim the same of the decoder
 * @param latentChannels channels of a latent
 * @param multiples of these at each resolution, finest first; each further one halves the size
 * @param blocks residual blocks at each resolution of the encoder; one more in the decoder
 * @param halvesTime whether a resolution also halves the number of frames, for each but the last
 * @param residual whether something passes beside each resolution (2.2)
 * @param inChannels 3 for each pixel that is folded into a place
 * @param outChannels the same of the decoder
 * @param patch pixels on a side that are folded into a place
 * @param mean of raw latents, for each channel
 * @param std likewise
 */
public record WanVaeConfig(
    @JsonProperty("base_dim") int baseDim,
    @JsonProperty("decoder_base_dim") int decoderBaseDim,
    @JsonProperty("z_dim") int latentChannels,
    @JsonProperty("dim_mult") List<Integer> multiples,
    @JsonProperty("num_res_blocks") int blocks,
    @JsonProperty("temperal_downsample") List<Boolean> halvesTime,
    @JsonProperty("is_residual") boolean residual,
    @JsonProperty("in_channels") int inChannels,
    @JsonProperty("out_channels") int outChannels,
    @JsonProperty("patch_size") int patch,
    @JsonProperty("latents_mean") List<Double> mean,
    @JsonProperty("latents_std") List<Double> std)
    implements AutoencoderConfig {
  /** What {@code config.json} calls it. */
  public static final String KIND = "AutoencoderKLWan";

  /** That of Wan 2.1: latents of 16 channels at 1/8, four frames each. */
  public static final WanVaeConfig WAN_2_1 =
      new WanVaeConfig(
          96,
          96,
          16,
          List.of(1, 2, 4, 4),
          2,
          List.of(false, true, true),
          false,
          3,
          3,
          1,
          WanLatents.MEAN_2_1,
          WanLatents.STD_2_1);

  /** That of Wan 2.2 TI2V: latents of 48 channels at 1/16, four frames each. */
  public static final WanVaeConfig WAN_2_2 =
      new WanVaeConfig(
          160,
          256,
          48,
          List.of(1, 2, 4, 4),
          2,
          List.of(false, true, true),
          true,
          12,
          12,
          2,
          WanLatents.MEAN_2_2,
          WanLatents.STD_2_2);

  /** Bytes of activations that a frame may take at a resolution. */
  static final long BUDGET = 1L << 31;

  /** Numbers held for each weight: {@link Footprint#CONVOLUTIONS}, of kernels over three frames. */
  private static final double FORMS = 1.8;

  /** Bytes that are at work in any case. */
  private static final long LEAST = 256L << 20;

  private static final int RGB = 3;

  private static final Set<String> KNOWN =
      Set.of(
          "base_dim",
          "decoder_base_dim",
          "z_dim",
          "dim_mult",
          "num_res_blocks",
          "attn_scales",
          "temperal_downsample",
          "dropout",
          "latents_mean",
          "latents_std",
          "is_residual",
          "in_channels",
          "out_channels",
          "patch_size",
          "scale_factor_temporal",
          "scale_factor_spatial",
          "clip_output");

  public WanVaeConfig {
    multiples = List.copyOf(multiples);
    halvesTime = List.copyOf(halvesTime);
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    require(
        baseDim > 0 && decoderBaseDim > 0 && latentChannels > 0 && blocks > 0 && patch > 0,
        "needs base_dim, decoder_base_dim, z_dim, num_res_blocks and patch_size of at least 1");
    require(
        !multiples.isEmpty() && multiples.stream().allMatch(m -> m > 0),
        "needs dim_mult of at least 1 each");
    require(
        halvesTime.size() == multiples.size() - 1,
        "needs one temperal_downsample fewer than dim_mult, not %s and %s"
            .formatted(halvesTime.size(), multiples.size()));
    require(
        inChannels == RGB * patch * patch && outChannels == inChannels,
        "with patch_size %s has in_channels and out_channels of %s, not %s and %s"
            .formatted(patch, RGB * patch * patch, inChannels, outChannels));
    int channels = latentChannels;
    require(
        mean.size() == channels && std.size() == channels,
        "with z_dim %s needs as many latents_mean and latents_std, not %s and %s"
            .formatted(channels, mean.size(), std.size()));
    require(
        mean.stream().allMatch(Double::isFinite)
            && std.stream().allMatch(s -> s > 0 && Double.isFinite(s)),
        "has latents_std above 0 and finite latents_mean");
  }

  private static void require(boolean fits, String what) {
    if (!fits) {
      throw new UserError(Fault.INVALID, "an " + KIND + " " + what);
    }
  }

  /**
   * Reads a {@code config.json}.
   *
   * @throws UserError if it describes an autoencoder that this class is not
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static WanVaeConfig of(JsonNode json) {
    TreeSet<String> unknown = new TreeSet<>(json.propertyNames());
    unknown.removeIf(name -> name.startsWith("_") || KNOWN.contains(name));
    if (!unknown.isEmpty()) {
      throw new UserError(
          Fault.UNSUPPORTED, "an %s with %s is not supported".formatted(KIND, unknown.getFirst()));
    }
    if (!json.path("attn_scales").isEmpty()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "an %s with attn_scales is not supported: only one with attention at its coarsest"
                  .formatted(KIND)
              + " resolution is");
    }
    int base = json.path("base_dim").asInt(WAN_2_1.baseDim);
    int channels = json.path("z_dim").asInt(WAN_2_1.latentChannels);
    WanVaeConfig usual = WanLatents.usual(channels);
    WanVaeConfig read =
        new WanVaeConfig(
            base,
            json.path("decoder_base_dim").asInt(base),
            channels,
            list(json, "dim_mult", JsonNode::asInt, WAN_2_1.multiples),
            json.path("num_res_blocks").asInt(WAN_2_1.blocks),
            list(json, "temperal_downsample", JsonNode::asBoolean, WAN_2_1.halvesTime),
            json.path("is_residual").asBoolean(false),
            json.path("in_channels").asInt(RGB),
            json.path("out_channels").asInt(RGB),
            json.path("patch_size").asInt(1),
            list(json, "latents_mean", JsonNode::asDouble, usual.mean),
            list(json, "latents_std", JsonNode::asDouble, usual.std));
    read.requireScale(json, "scale_factor_spatial", read.grid().space());
    read.requireScale(json, "scale_factor_temporal", read.grid().time());
    return read;
  }

  /**
   * The shape that weights have, for files without a config; latents are normalised as those of the
   * published autoencoder of as many channels.
   *
   * @param shapes by diffusers' names
   * @throws UserError if they are no weights of this kind
   */
  public static WanVaeConfig of(Map<String, long[]> shapes) {
    return new WeightShapes(shapes).config();
  }

  private void requireScale(JsonNode json, String key, int own) {
    int said = json.path(key).asInt(own);
    require(said == own, "of this shape has a %s of %s, not %s".formatted(key, own, said));
  }

  private static <T> List<T> list(
      JsonNode json, String key, Function<JsonNode, T> read, List<T> otherwise) {
    if (!json.hasNonNull(key)) {
      return otherwise;
    }
    List<T> values = new ArrayList<>();
    json.path(key).forEach(value -> values.add(read.apply(value)));
    return values;
  }

  @JsonProperty("_class_name")
  public String kind() {
    return KIND;
  }

  @JsonProperty("scale_factor_spatial")
  int space() {
    return patch << (multiples.size() - 1);
  }

  @JsonProperty("scale_factor_temporal")
  int time() {
    return 1 << halvesTime.stream().filter(halves -> halves).count();
  }

  @Override
  public WanVae build(Parameters p) {
    return new WanVae(this, p);
  }

  @Override
  public LatentGrid grid() {
    return new LatentGrid(latentChannels, space(), time(), true);
  }

  /** Features at each resolution, finest first. */
  List<Integer> widths(int base) {
    return multiples.stream().map(multiple -> base * multiple).toList();
  }

  /**
   * What a passage remembers, and what the largest stage of its decoder holds of a frame; the
   * encoder takes less.
   */
  @Override
  public Footprint footprint(long height, long width) {
    long places = Math.ceilDiv(height, patch) * Math.ceilDiv(width, patch);
    List<Integer> widths = widths(decoderBaseDim);
    long remembered = 0;
    for (int level = 0; level < widths.size(); level++) {
      long convolutions = 2L * (blocks + 1) + 1;
      remembered += 2 * convolutions * widths.get(level) * (places >> (2 * level));
    }
    long working = places * Stage.AT_WORK * widths.getFirst();
    return new Footprint(
        FORMS, Float.BYTES * remembered + Math.clamp(Float.BYTES * working, LEAST, BUDGET));
  }
}
