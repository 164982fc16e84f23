package io.zoetrope.train;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;

/**
 * How the loop runs, whatever is trained.
 *
 * @param seed of all randomness
 * @param steps optimiser steps in all
 * @param accumulate micro-batches per step, whose gradients are averaged
 * @param learning how parameters are moved
 * @param rhythm when something is written
 * @param maxSkipped how many steps in a row may be skipped for a loss that is not finite
 */
public record TrainingSettings(
    long seed, long steps, int accumulate, Learning learning, Rhythm rhythm, int maxSkipped) {
  /**
   * When something is written.
   *
   * @param checkpointEvery steps between checkpoints; one more is made at the end
   * @param keep how many checkpoints to keep
   * @param logEvery steps between lines of metrics.jsonl
   * @param sampleEvery steps between samples; 0 for none
   */
  public record Rhythm(long checkpointEvery, int keep, long logEvery, long sampleEvery) {
    public Rhythm {
      atLeast("checkpoint.every", 1, checkpointEvery);
      atLeast("checkpoint.keep", 1, keep);
      atLeast("log.every", 1, logEvery);
      atLeast("sample.every", 0, sampleEvery);
    }
  }

  public TrainingSettings {
    atLeast("steps", 1, steps);
    atLeast("accumulate", 1, accumulate);
    atLeast("maxSkipped", 1, maxSkipped);
  }

  /** Checks a number of a recipe. */
  public static void atLeast(String name, long least, long value) {
    if (value < least) {
      throw new UserError(
          Fault.INVALID, "%s must be at least %s, is %s".formatted(name, least, value));
    }
  }
}
