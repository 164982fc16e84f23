package io.zoetrope.network.unet;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.NamePattern;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The recipe by which an image network becomes one for video. At the start an inflated network
 * equals the image network frame by frame, to the bit, if its frames look at themselves and are
 * normalised by themselves; else it does where each frame is a group of its own ({@link
 * io.zoetrope.network.FrameGroups}), and the same network without its new layers anyway.
 *
 * @param convolution partner of spatial convolutions
 * @param attention whom spatial self-attention looks at
 * @param temporal block that looks across frames
 * @param moments whether each frame is told its own moment, beside its level: attention by distance
 *     alone knows the order of frames, not which of them is the first
 * @param imageTrained which of the image network's own parameters are trained: names, with * for
 *     any part; the new layers always are
 * @param norms of residual blocks, and of the last norm
 * @param halving whether time is halved after each halving of space, and doubled again on the way
 *     up ({@link TimePooling}): by a convolution over time that begins as nothing but every second
 *     frame, and each twice. Such a network begins as the image network of clips whose frames come
 *     in twos
 */
public record Inflation(
    @JsonProperty("convolution") TemporalConvolution convolution,
    @JsonProperty("attention") SpatialAttention attention,
    @JsonProperty("temporal") TemporalBlock temporal,
    @JsonProperty("moments") boolean moments,
    @JsonProperty("image_trained") List<String> imageTrained,
    @JsonProperty("norms") NormScope norms,
    @JsonProperty("halving") boolean halving) {
  private static final List<String> ALL = List.of("*");

  /** No inflation: an image network. */
  public static final Inflation NONE =
      new Inflation(
          new TemporalConvolution.None(),
          new SpatialAttention.Self(),
          new TemporalBlock.None(),
          false,
          ALL);

  /** Ho et al., "Video Diffusion Models", 2022: temporal attention, all trained. */
  public static final Inflation VDM =
      new Inflation(
          new TemporalConvolution.None(),
          new SpatialAttention.Self(),
          attention(Merge.ADD),
          false,
          ALL);

  /**
   * Guo et al., "AnimateDiff", 2023: motion modules beside a frozen image network, as in versions 1
   * and 3 of its weights.
   */
  public static final Inflation ANIMATEDIFF = animateDiff(32, false);

  /**
   * Khachatryan et al., "Text2Video-Zero", 2023, section 3.3: every frame looks at the first; no
   * new layers.
   */
  public static final Inflation TEXT2VIDEO_ZERO =
      new Inflation(
          new TemporalConvolution.None(),
          new SpatialAttention.FirstFrame(),
          new TemporalBlock.None(),
          false,
          ALL);

  /**
   * Wu et al., "Tune-A-Video", 2023, section 3.2, as its public code has it: frames look at the
   * first and at the one before, and at the end of each transformer block at all; residual blocks
   * normalise a clip as one.
   */
  public static final Inflation TUNE_A_VIDEO =
      new Inflation(
          new TemporalConvolution.None(),
          new SpatialAttention.SparseCausal(),
          new TemporalBlock.WithinBlocks(),
          false,
          List.of("*.attn1.to_q.*", "*.attn2.to_q.*"),
          NormScope.CLIP);

  /**
   * Blattmann et al., "Align your Latents", 2023, section 3.2: the image network stays as it is,
   * and layers over time see frames that are known.
   */
  public static final Inflation ALIGNED_KNOWN =
      new Inflation(
          new TemporalConvolution.Residual(3, true),
          new SpatialAttention.Self(),
          attention(Merge.ALPHA),
          false,
          List.of());

  /** Blattmann et al., "Stable Video Diffusion", 2023: all of it is trained. */
  public static final Inflation STABLE_VIDEO = blended(false);

  /** The same as its released weights have it. */
  static final Inflation STABLE_VIDEO_RELEASED = blended(true);

  private static Inflation blended(boolean released) {
    return new Inflation(
        new TemporalConvolution.Blended(3, released),
        new SpatialAttention.Self(),
        new TemporalBlock.Blended(released),
        false,
        ALL);
  }

  /**
   * Bar-Tal et al., "Lumiere", 2024, section 3.1: convolutions over time, attention over it where
   * space has attention, and time halved with space; the image network stays as it is.
   */
  public static final Inflation LUMIERE = halved(List.of());

  private static Inflation aligned(List<String> trained) {
    return new Inflation(
        new TemporalConvolution.Residual(3),
        new SpatialAttention.Self(),
        attention(Merge.ALPHA),
        false,
        trained);
  }

  /** The same with an image network that is trained, too. */
  public static final Inflation STUNET = halved(ALL);

  private static Inflation halved(List<String> trained) {
    return new Inflation(
        new TemporalConvolution.Factorised(3),
        new SpatialAttention.Self(),
        attention(Merge.ADD),
        false,
        trained,
        NormScope.FRAME,
        true);
  }

  /** Heads of ModelScope's attention at the start, whatever others have. */
  static final int START_HEADS = 8;

  /** Wang et al., "ModelScope Text-to-Video", 2023, in a small network; all trained. */
  public static final Inflation MODELSCOPE = modelScope(16);

  /**
   * ModelScope's: convolutions over time after each residual block, attention over it after each of
   * space, and once before both.
   *
   * @param head features of a head at the start
   */
  static Inflation modelScope(int head) {
    return new Inflation(
        new TemporalConvolution.Stack(3),
        new SpatialAttention.Self(),
        new TemporalBlock.DoubleSelf(START_HEADS, head),
        false,
        ALL);
  }

  private static final Map<String, Inflation> OTHERS =
      Map.of(
          "none",
          NONE,
          "vdm",
          VDM,
          "vdm-moments",
          new Inflation(VDM.convolution, VDM.attention, VDM.temporal, true, ALL),
          // Singer et al., 2022, section 3.2.
          "make-a-video",
          new Inflation(
              new TemporalConvolution.Factorised(3),
              new SpatialAttention.Self(),
              attention(Merge.ADD),
              false,
              ALL),
          // Ho et al., "Imagen Video", 2022, section 2.4: super-resolution mixes frames so.
          "convolutions",
          new Inflation(
              new TemporalConvolution.Factorised(3),
              new SpatialAttention.Self(),
              new TemporalBlock.None(),
              false,
              ALL),
          "animatediff",
          ANIMATEDIFF,
          "animatediff-v2",
          animateDiff(32, true),
          "text2video-zero",
          TEXT2VIDEO_ZERO,
          "tune-a-video",
          TUNE_A_VIDEO);

  /** Named recipes. */
  public static final Map<String, Inflation> RECIPES = recipes();

  private static Map<String, Inflation> recipes() {
    Map<String, Inflation> all = new TreeMap<>(OTHERS);
    all.put("lumiere", LUMIERE);
    all.put("stunet", STUNET);
    all.put("stable-video", STABLE_VIDEO);
    all.put("modelscope", MODELSCOPE);
    // Blattmann et al., 2023, section 3.1: the image network stays as it is.
    all.put("align-your-latents", aligned(List.of()));
    all.put("align-your-latents-whole", aligned(ALL));
    all.put("align-your-latents-known", ALIGNED_KNOWN);
    return Collections.unmodifiableMap(all);
  }

  /**
   * AnimateDiff's motion modules.
   *
   * @param frames the longest clip
   * @param middle whether one stands at the bottom too
   */
  private static Inflation animateDiff(int frames, boolean middle) {
    return motion(new TemporalBlock.MotionModule(8, MotionBlocks.all(1), 2, frames, middle));
  }

  /** Motion modules beside a frozen image network. */
  public static Inflation motion(TemporalBlock.MotionModule module) {
    return new Inflation(
        new TemporalConvolution.None(), new SpatialAttention.Self(), module, false, List.of());
  }

  /** The same with another pattern of the image layers' self-attention. */
  public Inflation looking(SpatialAttention pattern) {
    return new Inflation(convolution, pattern, temporal, moments, imageTrained, norms, halving);
  }

  /** The same with motion modules, and what is beside them, of norms that reach so far. */
  Inflation normed(MotionNorms reach) {
    return new Inflation(
        convolution,
        attention,
        temporal.normed(reach.modules()),
        moments,
        imageTrained,
        reach.resnets(),
        halving);
  }

  /** The same with norms of another scope. */
  public Inflation normed(NormScope scope) {
    return new Inflation(convolution, attention, temporal, moments, imageTrained, scope, halving);
  }

  private static TemporalBlock attention(Merge merge) {
    return new TemporalBlock.RelativeAttention(32, 32, TemporalBlock.Places.AFTER_ATTENTION, merge);
  }

  public Inflation {
    imageTrained = List.copyOf(imageTrained);
  }

  /** Of all frames at every resolution. */
  public Inflation(
      TemporalConvolution convolution,
      SpatialAttention attention,
      TemporalBlock temporal,
      boolean moments,
      List<String> imageTrained,
      NormScope norms) {
    this(convolution, attention, temporal, moments, imageTrained, norms, false);
  }

  /** With norms of each frame. */
  public Inflation(
      TemporalConvolution convolution,
      SpatialAttention attention,
      TemporalBlock temporal,
      boolean moments,
      List<String> imageTrained) {
    this(convolution, attention, temporal, moments, imageTrained, NormScope.FRAME);
  }

  /** From JSON, which says nothing of norms where they are each frame's. */
  @JsonCreator
  static Inflation read(
      @JsonProperty("convolution") TemporalConvolution convolution,
      @JsonProperty("attention") SpatialAttention attention,
      @JsonProperty("temporal") TemporalBlock temporal,
      @JsonProperty("moments") boolean moments,
      @JsonProperty("image_trained") List<String> imageTrained,
      @JacksonInject(value = "absent", useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
          @JsonProperty("norms")
          Optional<NormScope> norms,
      @JacksonInject(value = "absent", useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
          @JsonProperty("halving")
          Optional<Boolean> halving) {
    return new Inflation(
        convolution,
        attention,
        temporal,
        moments,
        imageTrained,
        norms.orElse(NormScope.FRAME),
        halving.orElse(false));
  }

  /**
   * @throws UserError if there is no recipe of that name
   */
  public static Inflation of(String name) {
    Inflation inflation = RECIPES.get(name);
    if (inflation == null) {
      throw new UserError(
          Fault.INVALID,
          "unknown inflation '%s'".formatted(name),
          "it is one of %s".formatted(String.join(", ", new TreeSet<>(RECIPES.keySet()))));
    }
    return inflation;
  }

  /** Whether frames are anything to each other. */
  public boolean makesVideo() {
    return !(convolution instanceof TemporalConvolution.None
        && attention instanceof SpatialAttention.Self
        && !temporal.looks()
        && norms == NormScope.FRAME
        && !moments
        && !halving);
  }

  /** Whether a parameter belongs to a layer that the image network does not have. */
  public boolean isNew(String parameter) {
    return temporal.has(parameter) || isNewBeside(parameter);
  }

  /** The same but for temporal blocks. */
  private boolean isNewBeside(String parameter) {
    return convolution.has(parameter)
        || (moments && parameter.startsWith("frame_embedding."))
        || (halving && parameter.contains("samplers.0.time."));
  }

  /** Whether a parameter is trained. */
  public boolean trains(String parameter) {
    return temporal.learns(parameter)
        || isNewBeside(parameter)
        || imageTrained.stream().anyMatch(glob -> NamePattern.matches(glob, parameter));
  }
}
