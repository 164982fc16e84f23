package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Traits.Background;
import java.util.List;

/**
 * A table and what is on it.
 *
 * @param objects one or two, in no particular order; two have different colours
 * @param background pattern of the table
 * @param palette which muted pair of table colours, 0 to {@link #PALETTES} - 1
 */
public record ToyboxScene(List<ToyboxObject> objects, Background background, int palette) {
  /** Length of the default clip: 16 frames at 8 frames per second. */
  public static final double SECONDS = 2;

  /** How many pairs of table colours there are. */
  public static final int PALETTES = 8;

  public ToyboxScene {
    objects = List.copyOf(objects);
    if (objects.isEmpty() || palette < 0 || palette >= PALETTES) {
      throw new IllegalArgumentException("a scene needs an object and a palette below " + PALETTES);
    }
  }

  /**
   * The scene that a seed and an index stand for, laid out inside the frame for the default clip.
   */
  public static ToyboxScene sample(long seed, long index, Split split) {
    return SceneSampler.sample(
        SceneSampler.random(seed, index, 0), split, SceneSampler.TWO_OBJECTS);
  }
}
