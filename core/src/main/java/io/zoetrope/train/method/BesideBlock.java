package io.zoetrope.train.method;

import io.zoetrope.diffusion.guidance.Downsampling;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;
import java.util.List;

/** What a network is trained to see beside its noisy video, made of each clip itself. */
public sealed interface BesideBlock {
  /** What is written into the model. */
  Beside kind();

  /** Levels of its own noise, from and to. */
  List<Double> augmentation();

  /**
   * The clip made smaller and enlarged again: for super-resolution.
   *
   * @param times how many times as large as it the clip is, 2 to 8
   * @param kernel by which it is made smaller
   * @param augmentation levels between which its noise is drawn, for each clip; none of [0, 0]
   */
  record Smaller(
      @Default("2") int times,
      @Default("area") Downsampling kernel,
      @Default("[0.0, 0.5]") List<Double> augmentation)
      implements BesideBlock {
    public Smaller {
      augmentation = range(augmentation);
      Limits.USUAL.whole("times", 2, 8, times);
    }

    @Override
    public Beside.Smaller kind() {
      return new Beside.Smaller(kernel, times, augmentation.getLast() > 0);
    }
  }

  /**
   * Some of its frames, at their places: for a higher rate.
   *
   * @param times of so many frames one is seen, 2 to 8
   * @param fill what stands in place of the others
   * @param augmentation as above
   */
  record Slower(
      @Default("2") int times,
      @Default("repeat") Beside.Fill fill,
      @Default("[0.0, 0.0]") List<Double> augmentation)
      implements BesideBlock {
    public Slower {
      augmentation = range(augmentation);
      Limits.USUAL.whole("times", 2, 8, times);
    }

    @Override
    public Beside.Slower kind() {
      return new Beside.Slower(times, fill, augmentation.getLast() > 0);
    }
  }

  /**
   * Frames that are known and which they are, drawn for each clip: every so many, one or both ends,
   * the first of them, or none. Or the first of them alone, as prediction masks have it (Blattmann
   * et al., "Align your Latents", 2023, section 3.2).
   *
   * @param skips of how many frames one is known, each at least 2
   * @param first where it is above 0, 0 to so many of the first frames are known, each as often,
   *     and no others
   */
  record Known(@Default("[2, 3, 4]") List<Integer> skips, @Default("0") int first)
      implements BesideBlock {
    public Known {
      skips = List.copyOf(skips);
      Limits.USUAL.whole("first", 0, 64, first);
      if (skips.isEmpty() || skips.stream().anyMatch(skip -> skip < 2 || skip > 64)) {
        throw new UserError(
            Fault.INVALID, "skips are 2 to 64 each, and one at least, not " + skips);
      }
    }

    @Override
    public Beside.Known kind() {
      return new Beside.Known();
    }

    @Override
    public List<Double> augmentation() {
      return List.of(0.0, 0.0);
    }
  }

  private static List<Double> range(List<Double> levels) {
    boolean two = levels.size() == 2;
    if (!two || !(levels.get(0) >= 0 && levels.get(0) <= levels.get(1) && levels.get(1) <= 1)) {
      throw new UserError(
          Fault.INVALID,
          "augmentation is two levels, 0 to 1, the lower one first, not %s".formatted(levels));
    }
    return List.copyOf(levels);
  }
}
