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
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a network is told of every frame beside its level, added to the level's features.
 *
 * @param guidance sinusoids of the {@link Conditioning#GUIDANCE} that is in its answer, an even
 *     number; 0 for a network that is guided from outside. A public name of it is {@code
 *     time_cond_proj_dim}
 * @param beside whether it is told how noisy is what it sees beside its video ({@link BesideLevel})
 * @param sizes whether it is told how high, wide and long the video is; it sees that itself, so
 *     both branches of guidance know it
 * @param classes a picture's embedding, or the noise of what is beside as a label; only U-Nets are
 *     told that
 * @param clip numbers of the clip, such as how much it moves
 */
public record Told(
    @JsonProperty("guidance") int guidance,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("beside") boolean beside,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("sizes") boolean sizes,
    @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = ClassInput.Unsaid.class)
        @JsonProperty("classes")
        ClassInput classes,
    @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = ClipInput.Unsaid.class)
        @JsonProperty("clip")
        ClipInput clip) {
  /** Nothing but the level. */
  public static final Told LEVEL = new Told(0);

  /** How large and long the video is. */
  public static final Told SIZES = LEVEL.ofSizes();

  /** Sinusoids of guidance where nobody says how many, as in latent consistency models. */
  public static final int USUAL = 256;

  /** What is not written into a file: nothing but the level. */
  public static final class Unsaid {
    @Override
    public boolean equals(Object other) {
      return LEVEL.equals(other);
    }

    @Override
    public int hashCode() {
      return LEVEL.hashCode();
    }
  }

  public Told {
    if (guidance < 0 || guidance % 2 != 0) {
      throw new UserError(
          Fault.INVALID, "sinusoids of guidance are an even number or 0, not " + guidance);
    }
  }

  /** Of guidance alone. */
  public Told(int guidance) {
    this(guidance, false, false, ClassInput.NONE, ClipInput.NONE);
  }

  /** From JSON, which says nothing of what it does not tell. */
  @JsonCreator
  static Told read(
      @JsonProperty("guidance") int guidance,
      @JacksonInject(value = "absent", useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
          @JsonProperty("beside")
          @Nullable Optional<Boolean> beside,
      @JacksonInject(value = "absent", useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
          @JsonProperty("sizes")
          @Nullable Optional<Boolean> sizes,
      @JacksonInject(value = "absent", useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
          @JsonProperty("classes")
          @Nullable Optional<ClassInput> classes,
      @JacksonInject(value = "absent", useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
          @JsonProperty("clip")
          @Nullable Optional<ClipInput> clip) {
    return new Told(
        guidance,
        beside != null && beside.orElse(false),
        sizes != null && sizes.orElse(false),
        classes == null ? ClassInput.NONE : classes.orElse(ClassInput.NONE),
        clip == null ? ClipInput.NONE : clip.orElse(ClipInput.NONE));
  }

  /** This, and how noisy a clip beside is, or not. */
  public Told ofBeside(boolean noise) {
    return new Told(guidance, noise, sizes, classes, clip);
  }

  /** This, and how large and long the video is. */
  public Told ofSizes() {
    return new Told(guidance, beside, true, classes, clip);
  }

  /** This with guidance in the network. */
  public Told guided() {
    return new Told(USUAL, beside, sizes, classes, clip);
  }

  /** This told classes, too. */
  public Told and(ClassInput other) {
    return new Told(guidance, beside, sizes, other, clip);
  }

  /** This told numbers of the clip, too. */
  public Told and(ClipInput other) {
    return new Told(guidance, beside, sizes, classes, other);
  }

  /** The entries that may tell it. */
  public Set<Slot<?>> reads() {
    Set<Slot<?>> all = new HashSet<>(clip.reads());
    if (beside) {
      all.add(Conditioning.BESIDE_LEVEL);
    }
    return all;
  }

  /** The entries that tell it. */
  public Set<Slot<?>> needs() {
    Set<Slot<?>> all = new HashSet<>(classes.needs());
    if (guidance > 0) {
      all.add(Conditioning.GUIDANCE);
    }
    return all;
  }
}
