package io.zoetrope.network.unet;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ClassInput;
import io.zoetrope.network.FrameWindows;
import io.zoetrope.network.MotionStrength;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.Told;
import io.zoetrope.network.Work;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Parameters;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Shape of a {@link UNet}.
 *
 * @param channels of the video that comes in
 * @param outChannels of the video that goes out
 * @param widths features at each resolution, finest first; each further one halves the size
 * @param heads of attention at each resolution; 0 for no attention there
 * @param middle what stands at the bottom
 * @param blocks residual blocks at each resolution on the way down; one more on the way up
 * @param contextWidth features of a token that it looks at; 0 for a network that looks at none
 * @param style of its layers
 * @param inflation by which it looks across frames
 * @param told of each frame beside its level
 * @param textOnly resolutions, finest first from 0, at which places look at the text in place of
 *     each other
 * @param looks at what
 */
public record UNetConfig(
    @JsonProperty("in_channels") int channels,
    @JsonProperty("out_channels") int outChannels,
    @JsonProperty("block_out_channels") List<Integer> widths,
    @JsonProperty("heads") List<Integer> heads,
    @JsonProperty("mid_heads") Middle middle,
    @JsonProperty("layers_per_block") int blocks,
    @JsonProperty("cross_attention_dim") int contextWidth,
    @JsonProperty("style") LayerStyle style,
    @JsonProperty("inflation") Inflation inflation,
    @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = Told.Unsaid.class)
        @JsonProperty("told")
        Told told,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("text_only") List<Integer> textOnly,
    @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = UNetConfig.Unsaid.class)
        @JsonProperty("looks")
        Looks looks)
    implements NetworkConfig {

  /** The weights of its first layer, [width, channels, 3, 3]. */
  public static final String FIRST = "conv_in.weight";

  /** Its folder in a model directory. */
  public static final String FOLDER = "unet";

  /** What is not written into a file: that it looks at texts. */
  public static final class Unsaid {
    @Override
    public boolean equals(Object other) {
      return other == Looks.TEXT;
    }

    @Override
    public int hashCode() {
      return Looks.TEXT.hashCode();
    }
  }

  /** Tensors of the finest resolution that a layer holds at its worst moment. */
  private static final long LAYER = 10;

  /** Features from which on most weights are of wide 3x3 convolutions. */
  private static final int WIDE = 256;

  /** Named sizes. */
  public static final Map<String, UNetConfig> SIZES = UNetSizes.TABLE;

  public UNetConfig {
    widths = List.copyOf(widths);
    heads = List.copyOf(heads);
    textOnly = List.copyOf(textOnly);
    if (channels < 1 || outChannels < 1 || blocks < 1 || contextWidth < 0 || widths.isEmpty()) {
      throw new UserError(
          Fault.INVALID,
          "a U-Net's in_channels, out_channels and layers_per_block must be at least 1, its"
              + " cross_attention_dim at least 0, and it needs block_out_channels");
    }
    if (heads.size() != widths.size()) {
      throw new UserError(
          Fault.INVALID, "a U-Net's heads and block_out_channels must be equally many");
    }
    requireFit(widths.getLast(), middle.heads());
    for (int i = 0; i < widths.size(); i++) {
      int width = widths.get(i);
      if (width < 2 || width % 2 != 0 || width % style.groups() != 0) {
        throw new UserError(
            Fault.INVALID,
            "a U-Net's widths must be even and multiples of its %s norm groups, not %s"
                .formatted(style.groups(), width));
      }
      requireFit(width, heads.get(i));
    }
  }

  /** From JSON, which says nothing of what is told where that is the level alone. */
  @JsonCreator
  static UNetConfig read(
      @JsonProperty("in_channels") int channels,
      @JsonProperty("out_channels") int outChannels,
      @JsonProperty("block_out_channels") List<Integer> widths,
      @JsonProperty("heads") List<Integer> heads,
      @JsonProperty("mid_heads") Middle middle,
      @JsonProperty("layers_per_block") int blocks,
      @JsonProperty("cross_attention_dim") int contextWidth,
      @JsonProperty("style") LayerStyle style,
      @JsonProperty("inflation") Inflation inflation,
      @JacksonInject(value = "absent", useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
          @JsonProperty("told")
          @Nullable Optional<Told> told,
      @JacksonInject(value = "absent", useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
          @JsonProperty("text_only")
          @Nullable Optional<List<Integer>> textOnly,
      @JacksonInject(value = "absent", useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
          @JsonProperty("looks")
          @Nullable Optional<Looks> looks) {
    return new UNetConfig(
        channels,
        outChannels,
        widths,
        heads,
        middle,
        blocks,
        contextWidth,
        style,
        inflation,
        told == null ? Told.LEVEL : told.orElse(Told.LEVEL),
        textOnly == null ? List.of() : textOnly.orElse(List.of()),
        looks == null ? Looks.TEXT : looks.orElse(Looks.TEXT));
  }

  /** Told nothing beside levels. */
  public UNetConfig(
      int channels,
      int outChannels,
      List<Integer> widths,
      List<Integer> heads,
      Middle middle,
      int blocks,
      int textWidth,
      LayerStyle style,
      Inflation inflation) {
    this(
        channels,
        outChannels,
        widths,
        heads,
        middle,
        blocks,
        textWidth,
        style,
        inflation,
        Told.LEVEL,
        List.of(),
        Looks.TEXT);
  }

  /** With attention at the bottom. */
  public UNetConfig(
      int channels,
      int outChannels,
      List<Integer> widths,
      List<Integer> heads,
      int midHeads,
      int blocks,
      int textWidth,
      LayerStyle style,
      Inflation inflation) {
    this(
        channels,
        outChannels,
        widths,
        heads,
        Middle.attends(midHeads),
        blocks,
        textWidth,
        style,
        inflation);
  }

  private static void requireFit(int width, int heads) {
    if (heads < 0 || (heads > 0 && width % heads != 0)) {
      throw new UserError(
          Fault.INVALID, "width %s does not split into %s heads".formatted(width, heads));
    }
  }

  /**
   * @throws UserError if there is no size of that name
   */
  public static UNetConfig size(String name) {
    UNetConfig config = SIZES.get(name);
    if (config == null) {
      throw new UserError(
          Fault.INVALID,
          "unknown size '%s'".formatted(name),
          "use one of %s".formatted(new TreeSet<>(SIZES.keySet())));
    }
    return config;
  }

  /** The same image network, inflated by another recipe. */
  public UNetConfig inflated(Inflation by) {
    return with(channels, contextWidth, by, told);
  }

  @Override
  public Optional<Entrance> entrance() {
    return inflation.convolution().shown() ? Optional.empty() : Optional.of(new Entrance(FIRST, 1));
  }

  @Override
  public UNetConfig taking(int other) {
    return with(other, contextWidth, inflation, told);
  }

  @Override
  public UNetConfig telling(Told other) {
    if (other.sizes()) {
      throw new UserError(
          Fault.UNSUPPORTED, "a U-Net is not told sizes, it sees them", "leave sizes out");
    }
    return with(channels, contextWidth, inflation, other);
  }

  @Override
  public Optional<NetworkConfig> toldAlone(ClassInput classes) {
    return Optional.of(withoutText().telling(told.and(classes)));
  }

  /** 0 for a network that looks at pictures. */
  @Override
  public int textWidth() {
    return looks == Looks.TEXT ? contextWidth : 0;
  }

  /** The same network, which reads no text. */
  private UNetConfig withoutText() {
    return with(channels, 0, inflation, told);
  }

  private UNetConfig with(int taking, int context, Inflation by, Told telling) {
    return new UNetConfig(
        taking,
        outChannels,
        widths,
        heads,
        middle,
        blocks,
        context,
        style,
        by,
        telling,
        textOnly,
        looks);
  }

  /** Whether places look at the text in place of each other in the layer at a spot. */
  boolean textOnly(TemporalBlock.Spot spot) {
    return switch (spot.way()) {
      case DOWN -> textOnly.contains(spot.stage());
      case UP -> textOnly.contains(widths.size() - 1 - spot.stage());
      case MIDDLE -> false;
    };
  }

  /** How far the norms reach of motion modules and of what is beside them; empty without such. */
  public Optional<MotionNorms> norms() {
    return inflation.temporal().normed().map(own -> new MotionNorms(own, inflation.norms()));
  }

  @Override
  public Optional<String> motionNorms() {
    return norms().map(MotionNorms::text);
  }

  /** The same network with norms that reach so far. */
  public UNetConfig normed(MotionNorms norms) {
    return inflated(inflation.normed(norms));
  }

  /** Features of the embedding of a level. */
  int embedding() {
    return 4 * widths.getFirst();
  }

  @Override
  public UNet build(Parameters p) {
    return new UNet(this, p);
  }

  @Override
  public Optional<Work> work(Work.Input in) {
    return Optional.of(UNetWork.of(this, in));
  }

  @Override
  public String folder() {
    return FOLDER;
  }

  @Override
  public int takes() {
    return channels;
  }

  @Override
  public int gives() {
    return outChannels;
  }

  /** Also what is beside the video, if it takes more channels than it gives. */
  @Override
  public Set<Slot<?>> needs() {
    Set<Slot<?>> all = new HashSet<>(looks.needs(contextWidth));
    if (channels > outChannels) {
      all.add(Conditioning.BESIDE);
    }
    all.addAll(told.needs());
    return all;
  }

  @Override
  public Set<Slot<?>> reads() {
    Set<Slot<?>> all = new HashSet<>(looks.reads(contextWidth));
    all.add(SpatialAttention.SLOT);
    if (inflation.temporal().inWindows()) {
      all.add(FrameWindows.SLOT);
      all.addAll(MotionStrength.SLOTS);
    }
    all.addAll(told.reads());
    return all;
  }

  @Override
  public int features() {
    return Collections.max(widths);
  }

  @Override
  public int attentionHeads() {
    return Math.max(1, Math.max(middle.heads(), Collections.max(heads)));
  }

  /** Any size will do: what does not halve evenly is rounded up, and fitted again on the way up. */
  @Override
  public int multiple() {
    return 1;
  }

  @Override
  public boolean temporal() {
    return inflation.makesVideo();
  }

  @Override
  public OptionalInt longest() {
    return inflation.temporal().longest();
  }

  /** Two at each halving of time. */
  @Override
  public int together() {
    return inflation.halving() ? 1 << (widths.size() - 1) : 1;
  }

  @Override
  public Optional<Map<String, Object>> motionAdapter() {
    return inflation.temporal().adapter(this);
  }

  /** What is kept on the way down, and what the widest layer holds. */
  @Override
  public Footprint footprint(long frames, long height, long width) {
    long h = height;
    long w = width;
    long kept = 0;
    for (int feature : widths) {
      kept += (blocks + 1) * feature * h * w;
      h = Math.ceilDiv(h, 2);
      w = Math.ceilDiv(w, 2);
    }
    long numbers = kept + LAYER * widths.getFirst() * height * width;
    return new Footprint(perWeight(), Math.multiplyExact(frames, Float.BYTES * numbers));
  }

  /** Numbers held for each weight. */
  double perWeight() {
    return features() >= WIDE ? Footprint.CONVOLUTIONS : 1;
  }

  /** With temporal layers: its own if it has any, else VDM's. */
  @Override
  public UNetConfig withTemporal(boolean on) {
    if (on == temporal()) {
      return this;
    }
    return inflated(on ? Inflation.VDM : Inflation.NONE);
  }

  @Override
  public boolean trains(String parameter) {
    return inflation.trains(parameter);
  }
}
