package io.zoetrope.pipeline.cascade;

import io.zoetrope.diffusion.guidance.Downsampling;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How what one stage of a {@link Cascade} made enters the next. What a bridge does is {@link
 * Crossing}'s affair; this is what it is told.
 */
public sealed interface Bridge {
  /** Whether the network sees something beside the noisy video, which may be augmented. */
  default boolean beside() {
    return false;
  }

  /** Whether the stage is a part of the sampling before it, with nothing of its own but a model. */
  default boolean within() {
    return false;
  }

  /** Whether its stage begins with a text, and only the first of a cascade can. */
  default boolean fromWords() {
    return false;
  }

  /** Whether its stage makes a video, to be seen and to be made more of. */
  default boolean makesVideo() {
    return true;
  }

  /** What it is, in a word or two. */
  default String words() {
    return switch (this) {
      case None none -> "from words";
      case StartNoise start -> "made again";
      case Masked masked -> "frames between";
      case Enlarge enlarge -> "enlarged";
      case Repeat repeat -> "a higher rate";
      case Late late -> "late steps";
      case Prior prior -> "the embedding of a picture";
      case Embedding embedding -> "from an embedding";
    };
  }

  /** How many frames there are for each one before. */
  default int times() {
    return 1;
  }

  /**
   * How many frames it makes of so many.
   *
   * @param own frames of a clip of the stage
   */
  default int frames(int before, int own) {
    return before;
  }

  /** Frames that two windows of a long video share; empty if it is made at once. */
  default OptionalInt shared() {
    return OptionalInt.empty();
  }

  /** Of so many steps about how many are walked, for progress. */
  default int rows(int steps) {
    return steps;
  }

  /** Frames that two windows of a long video share, unless something else is said. */
  String OVERLAP = "4";

  /** Nothing enters: the stage makes its video from words. Only the first stage can. */
  record None() implements Bridge {
    @Override
    public boolean fromWords() {
      return true;
    }

    @Override
    public int frames(int before, int own) {
      return own;
    }
  }

  /**
   * As start noise (SDEdit, Meng et al. 2022; base and refiner): enlarged to the size of the stage,
   * noised to {@code strength}, and down from there.
   *
   * @param strength 0.01 to 1, how much is made again
   * @param where it is enlarged
   * @param overlap frames that two windows share, from 1
   */
  record StartNoise(
      @Default("0.4") double strength,
      @Default("pixels") Where where,
      @Default(OVERLAP) int overlap)
      implements Bridge {
    public StartNoise {
      Limits.USUAL.real("strength", 0.01, 1, strength);
      requireOverlap(overlap);
    }

    @Override
    public OptionalInt shared() {
      return OptionalInt.of(overlap);
    }

    @Override
    public int rows(int steps) {
      return Math.max(1, (int) Math.round(strength * steps));
    }
  }

  /** Where a small video is enlarged. */
  enum Where {
    PIXELS,
    LATENTS
  }

  /**
   * Known frames with gaps between them, which are filled: {@code times} the frame rate. The known
   * ones are held at level 0, so a network with one level for each frame needs neither channels nor
   * a mask for it (Make-A-Video's interpolation network, Singer et al. 2022, has both).
   *
   * @param times how many frames there are for each one before, 2 to 8
   * @param overlap frames that two windows share, from 1
   */
  record Masked(@Default("2") int times, @Default(OVERLAP) int overlap) implements Bridge {
    public Masked {
      requireTimes(times);
      requireOverlap(overlap);
    }

    /** Between every two of them. */
    @Override
    public int frames(int before, int own) {
      return times * (before - 1) + 1;
    }

    @Override
    public OptionalInt shared() {
      return OptionalInt.of(overlap);
    }
  }

  /**
   * Enlarged, and seen beside the noisy video as channels of their own, with a noise level of its
   * own ({@link Stage#augmentation}; Imagen Video's spatial super-resolution, Ho et al. 2022). A
   * network that takes no such channels is guided by the small video (Video Diffusion Models, Ho et
   * al. 2022, section 3.1).
   *
   * @param kernel how the small video was made from the large one that is sought; for guidance
   * @param weight of the guidance, 0 to 1000; only for a network that needs it
   * @param overlap frames that two windows share, from 1
   */
  record Enlarge(
      @Default("area") Downsampling kernel, Optional<Double> weight, @Default(OVERLAP) int overlap)
      implements Bridge {
    public Enlarge {
      weight.ifPresent(value -> Limits.USUAL.real("weight", 0, 1000, value));
      requireOverlap(overlap);
    }

    @Override
    public boolean beside() {
      return true;
    }
  }

  /**
   * Each frame several times, and seen beside the noisy video as channels of their own (Imagen
   * Video's temporal super-resolution).
   *
   * @param times how many frames there are for each one before, 2 to 8
   */
  record Repeat(@Default("2") int times) implements Bridge {
    public Repeat {
      requireTimes(times);
    }

    @Override
    public int frames(int before, int own) {
      return times * before;
    }

    @Override
    public boolean beside() {
      return true;
    }
  }

  /**
   * Not over a finished video but within the sampling of the stage before: frames at or below a
   * level are this stage's (base and refiner, experts for high and for low noise).
   *
   * @param level 0 to 1, under the schedule of the stage before
   */
  record Late(@Default("0.3") double level) implements Bridge {
    public Late {
      Limits.USUAL.real("level", 0, 1, level);
    }

    @Override
    public boolean within() {
      return true;
    }
  }

  /**
   * Nothing enters: the stage is a prior, which makes the embedding of a picture from words
   * (Make-A-Video, Singer et al. 2022, section 3.1). Only the first stage can, and the next one is
   * told what it made, over {@link Embedding}.
   *
   * @param candidates of which that is kept which is nearest to the text, 1 to 16, where texts and
   *     pictures share a space; elsewhere one is drawn
   */
  record Prior(@Default("2") int candidates) implements Bridge {
    public Prior {
      Limits.USUAL.whole("candidates", 1, 16, candidates);
    }

    @Override
    public boolean fromWords() {
      return true;
    }

    @Override
    public boolean makesVideo() {
      return false;
    }
  }

  /**
   * An embedding enters, of which the network is told: a decoder makes its video of that
   * (Make-A-Video, section 3.2).
   */
  record Embedding() implements Bridge {
    @Override
    public int frames(int before, int own) {
      return own;
    }
  }

  private static void requireTimes(int times) {
    Limits.USUAL.whole("times", 2, 8, times);
  }

  private static void requireOverlap(int overlap) {
    if (overlap < 1) {
      throw new UserError("overlap must be 1 or more, is " + overlap);
    }
  }
}
