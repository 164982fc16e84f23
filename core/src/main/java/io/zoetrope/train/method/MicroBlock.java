package io.zoetrope.train.method;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ClipInput;
import io.zoetrope.network.ClipInput.Kind;
import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Numbers of each clip that a network learns to be told: Blattmann et al., "Stable Video
 * Diffusion", 2023, section 4.1. The rate is that of the frames that are learned, motion is
 * measured in their pixels ({@link io.zoetrope.pixels.FlowSpeed}).
 *
 * @param kinds rate, motion
 * @param buckets of motion, each of which as many clips have, 2 to 100
 * @param edges of buckets in pixels per frame, rising, where they are not to be found in the clips
 * @param drop probability that a number is not said
 * @param sinusoids of each number
 */
record MicroBlock(
    @Default("[rate, motion]") List<Kind> kinds,
    @Default("8") int buckets,
    @Default("[]") List<Double> edges,
    @Default("0.1") double drop,
    @Default("64") int sinusoids) {
  /** Parts of a pixel to which edges are found. */
  private static final double FINE = 1000;

  public MicroBlock {
    kinds = List.copyOf(kinds);
    edges = List.copyOf(edges);
    Limits.USUAL.real("drop", 0, 1, drop);
    Limits.USUAL.whole("buckets", 2, 100, buckets);
    if (kinds.isEmpty()) {
      throw new UserError(Fault.INVALID, "kinds must name something: rate, motion or both");
    }
    if (kinds.contains(Kind.AUGMENTATION)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "a network that is shown no picture is not told the noise of one",
          "say kinds: [rate, motion]");
    }
    ClipInput unused = new ClipInput(kinds, sinusoids, edges);
  }

  /** Whether motion is to be measured. */
  boolean moves() {
    return kinds.contains(Kind.MOTION);
  }

  /**
   * What a network is told.
   *
   * @param measured of the clips, if {@link #moves}
   * @param strides frames of clips are 1 to so many apart
   * @param shorter pixels of their shorter side
   */
  ClipInput input(MeasuredMotion measured, int strides, int shorter) {
    if (!moves() || !edges.isEmpty()) {
      return new ClipInput(kinds, sinusoids, edges);
    }
    List<Double> found =
        measured.quantiles(buckets, strides).stream()
            .map(sides -> Math.round(sides * shorter * FINE) / FINE)
            .filter(pixels -> pixels > 0)
            .distinct()
            .toList();
    if (found.isEmpty()) {
      throw new UserError(
          Fault.INVALID,
          "these clips hardly move: there is nothing to be told of it",
          "leave motion out of kinds, or take other clips");
    }
    return new ClipInput(kinds, sinusoids, found);
  }

  /** What the buckets mean, in a line; empty without motion. */
  static String line(ClipInput input) {
    return IntStream.range(0, input.buckets())
        .mapToObj(bucket -> bucket + ": " + input.means(bucket).replace(" pixels per frame", ""))
        .collect(Collectors.joining(", ", "buckets of motion, in pixels per frame: ", ""));
  }
}
