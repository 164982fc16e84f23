package io.zoetrope.train;

import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;

/**
 * How the loop runs, whatever is trained.
 *
 * @param seed of all randomness
 * @param steps optimiser steps in all
 * @param accumulate micro-batches per step, whose gradients are averaged
 * @param optimizer which, and its options
 * @param rate the learning rate's schedule
 * @param clip limit of the global gradient norm; 0 for none
 * @param ema decay of the averaged weights
 * @param checkpointEvery steps between checkpoints; one more is made at the end
 * @param keep how many checkpoints to keep
 * @param logEvery steps between lines of metrics.jsonl
 * @param sampleEvery steps between samples; 0 for none
 * @param maxSkipped how many steps in a row may be skipped for a loss that is not finite
 */
public record TrainingSettings(
    long seed,
    long steps,
    int accumulate,
    Optimizer.Options optimizer,
    LearningRate rate,
    double clip,
    double ema,
    long checkpointEvery,
    int keep,
    long logEvery,
    long sampleEvery,
    int maxSkipped) {
  public TrainingSettings {
    atLeast("steps", 1, steps);
    atLeast("accumulate", 1, accumulate);
    atLeast("checkpoint.every", 1, checkpointEvery);
    atLeast("checkpoint.keep", 1, keep);
    atLeast("log.every", 1, logEvery);
    atLeast("sample.every", 0, sampleEvery);
    atLeast("maxSkipped", 1, maxSkipped);
    if (!(clip >= 0 && clip < Double.POSITIVE_INFINITY)) {
      throw new UserError(Fault.INVALID, "clip must be 0 or more, is " + clip);
    }
    if (!(ema >= 0 && ema < 1)) {
      throw new UserError(Fault.INVALID, "ema must be 0 to below 1, is " + ema);
    }
  }

  /** Checks a number of a recipe. */
  public static void atLeast(String name, long least, long value) {
    if (value < least) {
      throw new UserError(
          Fault.INVALID, "%s must be at least %d, is %d".formatted(name, least, value));
    }
  }
}
