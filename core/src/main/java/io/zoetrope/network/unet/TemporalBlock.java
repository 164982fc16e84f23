package io.zoetrope.network.unet;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;

/** Which block looks across frames. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = TemporalBlock.None.class, name = "none"),
  @JsonSubTypes.Type(value = TemporalBlock.RelativeAttention.class, name = "relative"),
  @JsonSubTypes.Type(value = TemporalBlock.MotionModule.class, name = "motion")
})
public sealed interface TemporalBlock {
  /** Whether one stands at the bottom too. */
  default boolean inTheMiddle() {
    return true;
  }

  /** Whether it can look at a clip in {@link io.zoetrope.network.FrameWindows}. */
  default boolean inWindows() {
    return false;
  }

  /** None. */
  record None() implements TemporalBlock {}

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
    public RelativeAttention {
      if (buckets < 4 || buckets % 2 != 0 || furthest <= buckets / 4) {
        throw new UserError(
            Fault.INVALID,
            "relative attention needs an even number of at least 4 buckets and a furthest distance"
                + " above a quarter of it, not %d and %d".formatted(buckets, furthest));
      }
    }
  }

  /**
   * AnimateDiff's motion module, after each layer: a small transformer over frames, told their
   * number by sinusoids, that normalises a clip as one (Guo et al., "AnimateDiff", 2023, section
   * 3.2). Its weights lie in {@code motion_modules}, named as diffusers names them.
   *
   * @param heads of attention, at every resolution
   * @param blocks of the transformer
   * @param attentions over frames in each block: 2, or 1 in SparseCtrl
   * @param frames the longest clip: rows of the table of sinusoids
   * @param middle whether one stands at the bottom too, as in version 2
   */
  record MotionModule(
      @JsonProperty("heads") int heads,
      @JsonProperty("blocks") int blocks,
      @JsonProperty("attentions") int attentions,
      @JsonProperty("frames") int frames,
      @JsonProperty("middle") boolean middle)
      implements TemporalBlock {
    public MotionModule {
      if (heads < 1 || blocks < 1 || attentions < 1 || attentions > 2 || frames < 1) {
        throw new UserError(
            Fault.INVALID,
            "a motion module needs at least one head, block and frame, and one or two attentions");
      }
    }

    @Override
    public boolean inTheMiddle() {
      return middle;
    }

    @Override
    public boolean inWindows() {
      return true;
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
