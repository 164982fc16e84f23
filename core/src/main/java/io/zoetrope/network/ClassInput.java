package io.zoetrope.network;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.Set;

/**
 * What a U-Net is told beside the level of its video, and adds to the embedding of that: what
 * diffusers calls class labels.
 *
 * @param size features of a vector, or how many levels there are
 */
public record ClassInput(@JsonProperty("kind") Kind kind, @JsonProperty("size") int size) {
  /** What it is. */
  public enum Kind {
    /** Nothing. */
    @JsonProperty("none")
    NONE(Set.of()),

    /**
     * The embedding of a picture through two layers: unCLIP's decoder ({@code class_embed_type:
     * projection}).
     */
    @JsonProperty("embedding")
    EMBEDDING(Set.of(PictureSlots.EMBEDDING)),

    /**
     * How noisy what is beside the video is, as one of so many labels, each with features of its
     * own: Stable Diffusion's upscaler ({@code num_class_embeds}).
     */
    @JsonProperty("levels")
    LEVELS(Set.of(Conditioning.BESIDE_LABEL));

    private final Set<Slot<?>> needs;

    Kind(Set<Slot<?>> needs) {
      this.needs = needs;
    }
  }

  /** Nothing. */
  public static final ClassInput NONE = new ClassInput(Kind.NONE, 0);

  /** What is not written into a file: nothing. */
  public static final class Unsaid {
    @Override
    public boolean equals(Object other) {
      return NONE.equals(other);
    }

    @Override
    public int hashCode() {
      return NONE.hashCode();
    }
  }

  public ClassInput {
    if (size < 0 || (size == 0) != (kind == Kind.NONE)) {
      throw new UserError(
          Fault.INVALID, "a U-Net's class input of a kind has a size above 0, not " + size);
    }
  }

  /** The entries that tell it. */
  public Set<Slot<?>> needs() {
    return kind.needs;
  }
}
