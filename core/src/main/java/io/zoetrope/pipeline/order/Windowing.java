package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.guidance.ContextWindows.Shape;
import io.zoetrope.diffusion.guidance.Fuse;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.record.Default;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the windows over long clips look like ({@link Shape}).
 *
 * @param overlap frames that two share; empty is a quarter
 * @param strides levels of windows: those of the second see every other frame, and so on
 * @param loop whether the end of a clip goes over into its beginning
 * @param fuse how much each frame of a window counts
 */
public record Windowing(
    Optional<Integer> overlap,
    @Default("1") int strides,
    @Default("false") boolean loop,
    @Default("pyramid") Fuse fuse) {
  /** Of neighbours, from end to end. */
  public static final Windowing USUAL = new Windowing(Optional.empty(), 1, false, Fuse.PYRAMID);

  /** Levels of windows at most. */
  public static final int MOST_STRIDES = Shape.MOST_STRIDES;

  /** The names of ways to fuse windows, the usual one first. */
  public static final List<String> FUSES =
      Arrays.stream(Fuse.values())
          .map(fuse -> fuse.name().toLowerCase(Locale.ROOT).replace('_', '-'))
          .toList();

  /**
   * By the name of a way to fuse them.
   *
   * @param fuse one of {@link #FUSES}
   */
  public static Windowing of(Optional<Integer> overlap, int strides, boolean loop, String fuse) {
    return new Windowing(overlap, strides, loop, Fuse.values()[FUSES.indexOf(fuse)]);
  }

  public Windowing {
    overlap.ifPresent(value -> Checks.whole("overlap", 0, VideoRequest.MOST_FRAMES, value));
    Checks.whole("strides", 1, Shape.MOST_STRIDES, strides);
  }

  Shape shape(int length) {
    return new Shape(length, overlap.orElse(length / 4), strides, loop, fuse);
  }
}
