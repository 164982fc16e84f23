package io.zoetrope.network.unet;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.zoetrope.torch.UserError;

/** Which block looks across frames. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = TemporalBlock.None.class, name = "none"),
  @JsonSubTypes.Type(value = TemporalBlock.RelativeAttention.class, name = "relative")
})
public sealed interface TemporalBlock {
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
            "relative attention needs an even number of at least 4 buckets and a furthest distance"
                + " above a quarter of it, not %d and %d".formatted(buckets, furthest));
      }
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
