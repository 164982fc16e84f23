package io.zoetrope.pipeline.model;

import io.zoetrope.network.Work;
import io.zoetrope.nn.Rates;
import io.zoetrope.torch.Precision;
import java.util.Locale;

/**
 * How long a step of sampling will take: an estimate from what is counted of it and how fast this
 * machine does such things now. What is not counted (norms, activations, rotations, the sampler)
 * makes a step longer; that other programs hold the cores now or then makes it anything.
 *
 * @param work of a step whose sampler asks the network once
 */
public record StepTime(Work work, Rates rates) {
  /** Seconds for each of what is measured. */
  private static final double SECONDS = 0.2;

  /** By what this machine does now, which takes a second. */
  static StepTime measured(Work work, Precision precision) {
    return new StepTime(work, Rates.measure(precision, SECONDS));
  }

  public double seconds() {
    return work.products() / rates.products()
        + work.convolutions() / rates.convolutions()
        + work.attention() / rates.attention();
  }

  /** In a few words. */
  public String line() {
    double s = seconds();
    String time =
        s < 0.095
            ? String.format(Locale.ROOT, "%.0f ms", Math.max(1, s * 1e3))
            : s < 9.5
                ? String.format(Locale.ROOT, "%.1f s", s)
                : s < 120
                    ? String.format(Locale.ROOT, "%.0f s", s)
                    : String.format(Locale.ROOT, "%.1f minutes", s / 60);
    return String.format(
        Locale.ROOT, "about %s a step (estimated: %s operations)", time, count(work.total()));
  }

  private static String count(double operations) {
    return operations < 1e12
        ? String.format(Locale.ROOT, "%.1f G", operations / 1e9)
        : String.format(Locale.ROOT, "%.1f T", operations / 1e12);
  }
}
