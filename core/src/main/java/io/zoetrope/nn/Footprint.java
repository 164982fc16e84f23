package io.zoetrope.nn;

/**
 * What a network takes of memory, estimated from its shape on the safe side (docs/memory.md).
 *
 * @param perWeight numbers held for each weight where these are f32: more than 1 where a form to
 *     compute with is held beside them
 * @param running bytes at the worst moment of a run, beside the weights
 */
public record Footprint(double perWeight, long running) {
  /** Weights of 3x3 convolutions in f32 are held in a form of 16 numbers for each 9. */
  public static final double CONVOLUTIONS = 1.5;

  public Footprint {
    if (!(perWeight >= 1) || running < 0) {
      throw new IllegalArgumentException(
          "a network takes its weights and more, not %s and %s".formatted(perWeight, running));
    }
  }
}
