package io.zoetrope.train;

import io.zoetrope.error.UserError;

/**
 * How parameters are moved.
 *
 * @param optimizer which, and its options
 * @param rate the learning rate's schedule
 * @param clip limit of the global gradient norm; 0 for none
 * @param ema decay of the averaged weights, 0 to below 1
 */
public record Learning(Optimizer.Options optimizer, LearningRate rate, double clip, double ema) {
  public Learning {
    if (!(clip >= 0 && clip < Double.POSITIVE_INFINITY)) {
      throw new UserError("clip must be 0 or more, is " + clip);
    }
    if (!(ema >= 0 && ema < 1)) {
      throw new UserError("ema must be 0 to below 1, is " + ema);
    }
  }
}
