package io.zoetrope.train;

import java.util.Map;

/**
 * What a step came to.
 *
 * @param step steps done, this one included
 * @param total steps in all
 * @param loss mean over the micro-batches
 * @param gradientNorm before clipping
 * @param learningRate of this step
 * @param skipped whether loss or gradient was not finite and the weights were left alone
 * @param seconds how long it took
 * @param metrics what the objective reported, means over the micro-batches
 */
public record StepReport(
    long step,
    long total,
    double loss,
    double gradientNorm,
    double learningRate,
    boolean skipped,
    double seconds,
    Map<String, Double> metrics) {}
