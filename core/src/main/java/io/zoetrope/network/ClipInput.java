package io.zoetrope.network;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of a clip that a network is told beside the level of its frames: what Blattmann et al.,
 * "Stable Video Diffusion", 2023, call micro-conditions. They make sinusoids, side by side, which
 * go through two layers ({@link ClipEmbedding}).
 *
 * @param kinds of numbers, in the order of their sinusoids
 * @param sinusoids of each, an even number; a public name of it is {@code addition_time_embed_dim}
 * @param motion what {@link Kind#MOTION} means: how fast clips of each bucket but the last move at
 *     most, in pixels per frame, rising; empty for the scale of Stable Video Diffusion, of which
 *     nobody has said what it means
 */
public record ClipInput(
    @JsonProperty("kinds") List<Kind> kinds,
    @JsonProperty("sinusoids") int sinusoids,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("motion") List<Double> motion) {
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

  /** What is said of motion where nobody does, on Stable Video Diffusion's scale. */
  public static final double USUAL_MOTION = 127;

  /** Said of motion, nothing. */
  public static final double UNSAID = -1;

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
    motion = List.copyOf(motion);
    if (sinusoids < 0 || sinusoids % 2 != 0 || (sinusoids == 0) != kinds.isEmpty()) {
      throw new UserError(
          Fault.INVALID,
          "numbers of a clip that a network is told need an even number of sinusoids each, not "
              + sinusoids);
    }
    if (Set.copyOf(kinds).size() != kinds.size()) {
      throw new UserError(Fault.INVALID, "a network is told a number of a clip once, not twice");
    }
    double last = 0;
    for (double edge : motion) {
      if (!(edge > last && Double.isFinite(edge))) {
        throw new UserError(
            Fault.INVALID,
            "buckets of motion end at numbers of pixels that rise from above 0, not at " + motion);
      }
      last = edge;
    }
    if (!motion.isEmpty() && !kinds.contains(Kind.MOTION)) {
      throw new UserError(Fault.INVALID, "buckets of motion are for networks that are told it");
    }
  }

  /** With motion on the scale of Stable Video Diffusion. */
  public ClipInput(List<Kind> kinds, int sinusoids) {
    this(kinds, sinusoids, List.of());
  }

  /** From JSON, which need not say what motion means. */
  @JsonCreator
  static ClipInput read(
      @JsonProperty("kinds") List<Kind> kinds,
      @JsonProperty("sinusoids") int sinusoids,
      @JacksonInject(value = "absent", useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
          @JsonProperty("motion")
          @Nullable Optional<List<Double>> motion) {
    return new ClipInput(kinds, sinusoids, motion == null ? List.of() : motion.orElse(List.of()));
  }

  /** Buckets of motion that are told apart; 0 on a scale that does not say. */
  public int buckets() {
    return motion.isEmpty() ? 0 : motion.size() + 1;
  }

  /** The bucket of a clip that moves so many pixels per frame. */
  public int bucket(double pixels) {
    int bucket = 0;
    while (bucket < motion.size() && pixels > motion.get(bucket)) {
      bucket++;
    }
    return bucket;
  }

  /** What is said of motion where nobody does: nothing, where buckets are known. */
  public double usualMotion() {
    return motion.isEmpty() ? USUAL_MOTION : UNSAID;
  }

  /** What a bucket of motion means, in words; empty on a scale that does not say. */
  public String means(int bucket) {
    if (motion.isEmpty()) {
      return "";
    }
    return bucket == motion.size()
        ? "above %s pixels per frame".formatted(motion.getLast())
        : "%s to %s pixels per frame"
            .formatted(bucket == 0 ? 0.0 : motion.get(bucket - 1), motion.get(bucket));
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
