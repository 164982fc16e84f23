package io.zoetrope.network.unet;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.Parameters;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which block looks across frames. A kind is a record that makes its own layers, and a line of the
 * table above this interface, by whose name configs tell it; nobody else asks which kind it is.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = TemporalBlock.None.class, name = "none"),
  @JsonSubTypes.Type(value = TemporalBlock.RelativeAttention.class, name = "relative"),
  @JsonSubTypes.Type(value = TemporalBlock.MotionModule.class, name = "motion"),
  @JsonSubTypes.Type(value = TemporalBlock.WithinBlocks.class, name = "within"),
  @JsonSubTypes.Type(value = TemporalBlock.Blended.class, name = "blended"),
  @JsonSubTypes.Type(value = TemporalBlock.DoubleSelf.class, name = "double-self")
})
public interface TemporalBlock {
  /**
   * Where in a U-Net a layer is.
   *
   * @param way that it is on
   * @param stage the number of its resolution on that way
   * @param layer its number there
   */
  record Spot(Way way, int stage, int layer) {
    /** The first of the bottom. */
    static final Spot MIDDLE = new Spot(Way.MIDDLE, 0, 0);
  }

  /** The ways through a U-Net. */
  enum Way {
    DOWN,
    MIDDLE,
    UP
  }

  /**
   * A place in a U-Net where a block may stand: after a layer.
   *
   * @param spot where the layer is
   * @param stage parameters of the resolution that the layer belongs to
   * @param width channels
   * @param heads of the attention of the image layer; 0 if there is none
   */
  record Place(UNetConfig config, Spot spot, Parameters stage, long width, int heads) {
    /** Parameters of the block of this place, in a folder of the resolution. */
    public Parameters weights(String folder) {
      return stage.at(folder).at(spot.layer);
    }
  }

  /**
   * The layer at a place; empty where it has none.
   *
   * @throws UserError if it does not fit the network
   */
  Optional<TemporalLayer> at(Place place);

  /**
   * The layer after the first convolution; empty where it has none.
   *
   * @param unet parameters of the whole network
   */
  default Optional<TemporalLayer> start(UNetConfig config, Parameters unet) {
    return Optional.empty();
  }

  /**
   * The layer at the end of the transformer block of an image layer; empty where it has none.
   *
   * @param place of the image layer, with heads
   */
  default Optional<TemporalTokens> within(Place place) {
    return Optional.empty();
  }

  /** Whether a parameter of a U-Net is one of its layers'. */
  boolean has(String parameter);

  /** Whether a parameter of its layers learns; a table that checkpoints hold does not. */
  default boolean learns(String parameter) {
    return has(parameter);
  }

  /** The config of diffusers' {@code MotionAdapter} of such blocks; empty if it is none. */
  default Optional<Map<String, Object>> adapter(UNetConfig unet) {
    return Optional.empty();
  }

  /** Over what its own norms are; empty if it has none of pictures. */
  default Optional<NormScope> normed() {
    return Optional.empty();
  }

  /** The same with norms of another scope, where it has them. */
  default TemporalBlock normed(NormScope scope) {
    return this;
  }

  /** Whether frames see each other by it. */
  default boolean looks() {
    return true;
  }

  /** Whether one stands at the bottom too. */
  default boolean inTheMiddle() {
    return true;
  }

  /** Whether it can look at a clip in {@link io.zoetrope.network.FrameWindows}. */
  default boolean inWindows() {
    return false;
  }

  /** The longest clip that it knows; empty if any length will do. */
  default OptionalInt longest() {
    return OptionalInt.empty();
  }

  /** None. */
  record None() implements TemporalBlock {
    @Override
    public Optional<TemporalLayer> at(Place place) {
      return Optional.empty();
    }

    @Override
    public boolean has(String parameter) {
      return false;
    }

    @Override
    public boolean looks() {
      return false;
    }
  }

  /**
   * Attention over frames with a learned bias for each distance ({@link
   * io.zoetrope.nn.RelativeBias}), as many heads as the image layer beside it (Ho et al., "Video
   * Diffusion Models", 2022, section 3). Its weights lie in {@code temp_attentions}.
   *
   * @param buckets distances told apart, past and future together
   * @param furthest frames from which on distances are alike
   * @param places where such blocks stand
   * @param merge how their output joins the image network's
   */
  record RelativeAttention(
      @JsonProperty("buckets") int buckets,
      @JsonProperty("furthest") int furthest,
      @JsonProperty("places") Places places,
      @JsonProperty("merge") Merge merge)
      implements TemporalBlock {
    private static final String ATTENTIONS = "temp_attentions";

    public RelativeAttention {
      if (buckets < 4 || buckets % 2 != 0 || furthest <= buckets / 4) {
        throw new UserError(
            Fault.INVALID,
            "relative attention needs an even number of at least 4 buckets and a furthest distance"
                + " above a quarter of it, not %s and %s".formatted(buckets, furthest));
      }
    }

    @Override
    public Optional<TemporalLayer> at(Place place) {
      if (place.heads == 0 && places == Places.AFTER_ATTENTION) {
        return Optional.empty();
      }
      return Optional.of(
          new TemporalAttention(
              this,
              place.config.style().headNorm(),
              place.weights(ATTENTIONS),
              place.width,
              place.heads == 0 ? place.config.attentionHeads() : place.heads));
    }

    @Override
    public boolean has(String parameter) {
      return parameter.contains(ATTENTIONS + ".");
    }
  }

  /**
   * AnimateDiff's motion module, after each layer: a small transformer over frames, told their
   * number by sinusoids, that normalises a clip as one, or each frame (Guo et al., "AnimateDiff",
   * 2023, section 3.2). Its weights lie in {@code motion_modules}, named as diffusers names them.
   *
   * @param heads of attention, at every resolution
   * @param blocks of each transformer
   * @param attentions over frames in each block: 2, or 1 in SparseCtrl
   * @param frames the longest clip: rows of the table of sinusoids
   * @param middle whether one stands at the bottom too, as in version 2
   * @param norms of what reach; where frames have levels of their own, frame keeps them apart
   */
  record MotionModule(
      @JsonProperty("heads") int heads,
      @JsonProperty("blocks") MotionBlocks blocks,
      @JsonProperty("attentions") int attentions,
      @JsonProperty("frames") int frames,
      @JsonProperty("middle") boolean middle,
      @JsonProperty("norms") NormScope norms)
      implements TemporalBlock {
    private static final String MODULES = "motion_modules";

    /** With norms over clips. */
    public MotionModule(
        int heads, MotionBlocks blocks, int attentions, int frames, boolean middle) {
      this(heads, blocks, attentions, frames, middle, NormScope.CLIP);
    }

    /** From JSON, which says nothing of norms where they are over clips. */
    @JsonCreator
    static MotionModule read(
        @JsonProperty("heads") int heads,
        @JsonProperty("blocks") MotionBlocks blocks,
        @JsonProperty("attentions") int attentions,
        @JsonProperty("frames") int frames,
        @JsonProperty("middle") boolean middle,
        @JacksonInject(value = "absent", useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
            @JsonProperty("norms")
            Optional<NormScope> norms) {
      return new MotionModule(
          heads, blocks, attentions, frames, middle, norms.orElse(NormScope.CLIP));
    }

    @Override
    public Optional<NormScope> normed() {
      return Optional.of(norms);
    }

    @Override
    public TemporalBlock normed(NormScope scope) {
      return new MotionModule(heads, blocks, attentions, frames, middle, scope);
    }

    public MotionModule {
      if (heads < 1 || attentions < 1 || attentions > 2 || frames < 1) {
        throw new UserError(
            Fault.INVALID,
            "a motion module needs at least one head and frame, and one or two attentions");
      }
    }

    @Override
    public Optional<TemporalLayer> at(Place place) {
      return Optional.of(
          new io.zoetrope.network.unet.MotionModule(
              shape(place.width, blocks.at(place.spot)),
              place.config.style().groups(),
              place.weights(MODULES),
              place.width));
    }

    /** Of a module of so many blocks. */
    io.zoetrope.network.unet.MotionModule.Shape shape(long width, int count) {
      return new io.zoetrope.network.unet.MotionModule.Shape(
          heads, width, count, attentions, false, OptionalInt.of(frames), norms);
    }

    @Override
    public boolean has(String parameter) {
      return parameter.contains(MODULES + ".");
    }

    @Override
    public boolean learns(String parameter) {
      return has(parameter) && !parameter.endsWith(io.zoetrope.network.unet.MotionModule.TABLE);
    }

    @Override
    public Optional<Map<String, Object>> adapter(UNetConfig unet) {
      return attentions == 2
          ? Optional.of(DiffusersConfig.adapterOf(unet, this))
          : Optional.empty();
    }

    @Override
    public boolean inTheMiddle() {
      return middle;
    }

    @Override
    public boolean inWindows() {
      return true;
    }

    @Override
    public OptionalInt longest() {
      return OptionalInt.of(frames);
    }
  }

  /**
   * Attention over frames at the end of each transformer block, after its feed-forward layer, which
   * knows neither order nor distance (Wu et al., "Tune-A-Video", 2023, section 3.2). Its weights
   * lie in the block: {@code norm_temp}, which stays as it is, and {@code attn_temp}, which learns.
   */
  record WithinBlocks() implements TemporalBlock {
    @Override
    public Optional<TemporalLayer> at(Place place) {
      return Optional.empty();
    }

    @Override
    public Optional<TemporalTokens> within(Place place) {
      Parameters block = place.weights("attentions").at("transformer_blocks").at(0);
      return Optional.of(
          TemporalTokens.attention(
              block, place.config.style().headNorm(), place.width, place.heads));
    }

    @Override
    public boolean has(String parameter) {
      return learns(parameter) || parameter.contains(".norm_temp.");
    }

    @Override
    public boolean learns(String parameter) {
      return parameter.contains(".attn_temp.");
    }
  }

  /**
   * After the block of each spatial transformer one over frames, which are told their number and
   * read the text again, blended by {@link Merge#MIX} (Blattmann et al., "Stable Video Diffusion",
   * 2023). Its weights lie beside the transformer's: {@code temporal_transformer_blocks}, {@code
   * time_pos_embed} and {@code time_mixer}.
   *
   * @param released whether a clip of one frame is a clip and no image, as in the public code
   */
  record Blended(@JsonProperty("released") boolean released) implements TemporalBlock {
    @Override
    public Optional<TemporalLayer> at(Place place) {
      return Optional.empty();
    }

    @Override
    public Optional<TemporalTokens> within(Place place) {
      return Optional.of(new TemporalTransformer(place, released));
    }

    @Override
    public boolean has(String parameter) {
      return parameter.contains(".temporal_transformer_blocks.")
          || parameter.contains(".time_pos_embed.")
          || (parameter.contains("attentions.") && parameter.contains(".time_mixer."));
    }
  }

  /**
   * Two self-attentions over frames and a feed-forward layer after each spatial attention, which
   * know neither order nor distance and normalise a clip as one, and one of another width after the
   * first convolution (Wang et al., "ModelScope Text-to-Video", 2023, section 3.3). Weights lie in
   * {@code temp_attentions} and {@code transformer_in}; heads are those of the image layer beside.
   *
   * @param heads of the first
   * @param head features of each of its heads
   */
  record DoubleSelf(
      @JsonProperty("start_heads") int heads, @JsonProperty("start_head_width") int head)
      implements TemporalBlock {
    private static final String ATTENTIONS = "temp_attentions";
    private static final String START = "transformer_in";

    public DoubleSelf {
      if (heads < 1 || head < 1) {
        throw new UserError(
            Fault.INVALID,
            "the transformer at the start needs at least one head of at least one feature, not %s"
                .formatted(heads + " of " + head));
      }
    }

    @Override
    public Optional<TemporalLayer> at(Place place) {
      return place.heads == 0
          ? Optional.empty()
          : Optional.of(
              layer(
                  place.config,
                  place.weights(ATTENTIONS),
                  place.width,
                  place.heads,
                  place.width / place.heads));
    }

    @Override
    public Optional<TemporalLayer> start(UNetConfig config, Parameters unet) {
      return Optional.of(layer(config, unet.at(START), config.widths().getFirst(), heads, head));
    }

    private static TemporalLayer layer(
        UNetConfig config, Parameters p, long width, int heads, long head) {
      io.zoetrope.network.unet.MotionModule.Shape shape =
          new io.zoetrope.network.unet.MotionModule.Shape(
              heads,
              heads * head,
              1,
              2,
              config.style().headNorm(),
              OptionalInt.empty(),
              NormScope.CLIP);
      return new io.zoetrope.network.unet.MotionModule(shape, config.style().groups(), p, width);
    }

    @Override
    public boolean has(String parameter) {
      return parameter.contains(ATTENTIONS + ".") || parameter.startsWith(START + ".");
    }
  }

  /** Where temporal blocks stand. */
  enum Places {
    /** After each spatial attention. */
    @JsonProperty("attention")
    AFTER_ATTENTION,
    /** After each layer, also at resolutions without spatial attention. */
    @JsonProperty("layer")
    AFTER_LAYER
  }
}
