package io.zoetrope.network.dit;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.TextSlots;
import io.zoetrope.network.Told;
import io.zoetrope.network.Work;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Parameters;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Shape of a {@link SpaceTimeTransformer}.
 *
 * @param channels of the latents that come in and go out
 * @param patch latents on a side that make one token
 * @param width features of a token
 * @param depth blocks
 * @param heads of attention; {@code width / heads} must be a multiple of 4
 * @param textWidth features of a text token; 0 for a network that reads no text
 * @param temporal whether blocks look across frames; a network for still images does not
 * @param frameEmbedding whether a temporal network's frames are told their moments
 * @param beside channels more that come in, of what it is shown beside the latents
 * @param told of each frame beside its level
 */
public record DitConfig(
    @JsonProperty("channels") int channels,
    @JsonProperty("patch") int patch,
    @JsonProperty("width") int width,
    @JsonProperty("depth") int depth,
    @JsonProperty("heads") int heads,
    @JsonProperty("text_width") int textWidth,
    @JsonProperty("temporal") boolean temporal,
    @JsonProperty("frame_embedding") boolean frameEmbedding,
    @JsonIgnore int beside,
    @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = Told.Unsaid.class)
        @JsonProperty("told")
        Told told)
    implements NetworkConfig {

  /** Its folder in a model directory. */
  public static final String FOLDER = "transformer";

  /** Tensors of all tokens that a layer holds at its worst moment. */
  private static final long LAYER = 10;

  /** Named sizes. */
  public static final Map<String, DitConfig> SIZES =
      Map.of(
          //           channels patch width depth heads text temporal moments
          "tiny", new DitConfig(4, 1, 32, 2, 2, 32, true, true),
          "toybox", new DitConfig(8, 2, 192, 8, 6, 192, true, true),
          "small", new DitConfig(8, 2, 384, 12, 6, 384, true, true),
          "base", new DitConfig(16, 2, 768, 12, 12, 768, true, true));

  public DitConfig {
    if (beside < 0) {
      throw new UserError(Fault.INVALID, "a transformer's beside must be at least 0");
    }
    if (channels < 1 || patch < 1 || width < 1 || depth < 1 || heads < 1 || textWidth < 0) {
      throw new UserError(
          Fault.INVALID,
          "a transformer's channels, patch, width, depth and heads must be at least 1, its text_width"
              + " at least 0");
    }
    if (width % heads != 0 || width / heads % 4 != 0) {
      throw new UserError(
          Fault.INVALID,
          "width %s does not split into %s heads of a multiple of 4".formatted(width, heads));
    }
  }

  /** Shown nothing beside the latents, as in files: what is shown more is put into it. */
  @JsonCreator
  static DitConfig read(
      @JsonProperty("channels") int channels,
      @JsonProperty("patch") int patch,
      @JsonProperty("width") int width,
      @JsonProperty("depth") int depth,
      @JsonProperty("heads") int heads,
      @JsonProperty("text_width") int textWidth,
      @JsonProperty("temporal") boolean temporal,
      @JsonProperty("frame_embedding") boolean frameEmbedding,
      @JacksonInject(value = "absent", useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
          @JsonProperty("told")
          @Nullable Optional<Told> told) {
    return new DitConfig(
        channels,
        patch,
        width,
        depth,
        heads,
        textWidth,
        temporal,
        frameEmbedding,
        0,
        told == null ? Told.LEVEL : told.orElse(Told.LEVEL));
  }

  /** Shown nothing beside the latents, and told nothing beside levels. */
  public DitConfig(
      int channels,
      int patch,
      int width,
      int depth,
      int heads,
      int textWidth,
      boolean temporal,
      boolean frameEmbedding) {
    this(channels, patch, width, depth, heads, textWidth, temporal, frameEmbedding, 0, Told.LEVEL);
  }

  /**
   * @throws UserError if there is no size of that name
   */
  public static DitConfig size(String name) {
    DitConfig config = SIZES.get(name);
    if (config == null) {
      throw new UserError(
          Fault.INVALID,
          "unknown size '" + name + "'",
          "use one of " + SIZES.keySet().stream().sorted().toList());
    }
    return config;
  }

  @Override
  public SpaceTimeTransformer build(Parameters p) {
    return new SpaceTimeTransformer(this, p);
  }

  @Override
  public Optional<Work> work(Work.Input in) {
    return Optional.of(DitWork.of(this, in));
  }

  @Override
  public String folder() {
    return FOLDER;
  }

  @Override
  public int takes() {
    return channels + beside;
  }

  @Override
  public DitConfig taking(int all) {
    return new DitConfig(
        channels,
        patch,
        width,
        depth,
        heads,
        textWidth,
        temporal,
        frameEmbedding,
        all - channels,
        told);
  }

  @Override
  public DitConfig telling(Told other) {
    return new DitConfig(
        channels, patch, width, depth, heads, textWidth, temporal, frameEmbedding, beside, other);
  }

  /** Channels are the outermost part of a patch. */
  @Override
  public Optional<Entrance> entrance() {
    return Optional.of(new Entrance("pos_embed.proj.weight", patch * patch));
  }

  @Override
  public int gives() {
    return channels;
  }

  @Override
  public Set<Slot<?>> needs() {
    Set<Slot<?>> all = new HashSet<>(TextSlots.needs(textWidth));
    if (beside > 0) {
      all.add(Conditioning.BESIDE);
    }
    all.addAll(told.needs());
    return all;
  }

  @Override
  public Set<Slot<?>> reads() {
    Set<Slot<?>> all = new HashSet<>(TextSlots.reads(textWidth));
    all.addAll(told.reads());
    all.add(Conditioning.LEFT_OUT);
    return all;
  }

  @Override
  public int blocksInARow() {
    return depth;
  }

  @Override
  public int features() {
    return width;
  }

  @Override
  public int attentionHeads() {
    return heads;
  }

  @Override
  public int multiple() {
    return patch;
  }

  @Override
  public Footprint footprint(long frames, long height, long width) {
    return new Footprint(
        1, Math.multiplyExact(frames, Float.BYTES * 2 * LAYER * this.width * height * width));
  }

  @Override
  public DitConfig withTemporal(boolean on) {
    return new DitConfig(
        channels, patch, width, depth, heads, textWidth, on, frameEmbedding, beside, told);
  }
}
