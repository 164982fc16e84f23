package io.zoetrope.network.unet;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.zoetrope.nn.Attention;

/** Whose keys and values a frame's tokens look at in the self-attention of an image layer. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes(@JsonSubTypes.Type(value = SpatialAttention.Self.class, name = "self"))
public sealed interface SpatialAttention {
  /**
   * What each frame looks at.
   *
   * @param own keys and values of each of the B * F frames
   * @param frames F, frames of a clip
   * @return as many contexts
   */
  Attention.Context seen(Attention.Context own, long frames);

  /** Each frame looks at itself: the image network's own attention. */
  record Self() implements SpatialAttention {
    @Override
    public Attention.Context seen(Attention.Context own, long frames) {
      return own;
    }
  }
}
