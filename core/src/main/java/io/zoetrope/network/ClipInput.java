package io.zoetrope.network;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * Numbers of a clip that a network is told beside the level of its frames: what Blattmann et al.,
 * "Stable Video Diffusion", 2023, call micro-conditions. They make sinusoids, side by side, which
 * go through two layers ({@link ClipEmbedding}).
 *
 * @param kinds of numbers, in the order of their sinusoids
 * @param sinusoids of each, an even number; a public name of it is {@code addition_time_embed_dim}
 */
public record ClipInput(
    @JsonProperty("kinds") List<Kind> kinds, @JsonProperty("sinusoids") int sinusoids) {
  /** A number. */
  public enum Kind {
    /** Frames per second, less one. */
    @JsonProperty("rate")
    RATE(Conditioning.RATE, -1),

    /** How much it moves. */
    @JsonProperty("motion")
    MOTION(Conditioning.MOTION, 0),

    /** The noise of the picture that is shown. */
    @JsonProperty("augmentation")
    AUGMENTATION(Conditioning.AUGMENTATION, 0);

    private final Slot<Tensor> slot;
    private final double shift;

    Kind(Slot<Tensor> slot, double shift) {
      this.slot = slot;
      this.shift = shift;
    }

    /** The entry that says it. */
    public Slot<Tensor> slot() {
      return slot;
    }

    /** What is added to it before its sinusoids. */
    double shift() {
      return shift;
    }
  }

  /** None. */
  public static final ClipInput NONE = new ClipInput(List.of(), 0);

  /** What is not written into a file: none. */
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

  public ClipInput {
    kinds = List.copyOf(kinds);
    if (sinusoids < 0 || sinusoids % 2 != 0 || (sinusoids == 0) != kinds.isEmpty()) {
      throw new UserError(
          Fault.INVALID,
          "numbers of a clip that a network is told need an even number of sinusoids each, not "
              + sinusoids);
    }
    if (Set.copyOf(kinds).size() != kinds.size()) {
      throw new UserError(Fault.INVALID, "a network is told a number of a clip once, not twice");
    }
  }

  /** Whether there is something. */
  public boolean some() {
    return !kinds.isEmpty();
  }

  /** The entries that may say it. */
  public Set<Slot<?>> reads() {
    Set<Slot<?>> all = new HashSet<>();
    kinds.forEach(kind -> all.add(kind.slot()));
    return all;
  }
}
