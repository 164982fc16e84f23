package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.Values;
import io.zoetrope.pipeline.order.Hold;
import io.zoetrope.pipeline.order.Tuning;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Clips longer than a model knows, and steadier ones. */
public final class LongOptions {
  @Option(
      names = "--window",
      paramLabel = "N",
      converter = Values.Frames.class,
      description = {
        "Denoise clips of more than N frames in windows of N, which overlap by a quarter and are"
            + " averaged at each step."
      })
  private @Nullable Integer context;

  @Option(
      names = "--free-noise",
      description = {
        "FreeNoise, for clips longer than motion modules know: noise that repeats in another order,"
            + " and attention over frames in windows."
      })
  private boolean freeNoise;

  @Option(
      names = "--free-init",
      paramLabel = "N",
      converter = Values.Times.class,
      description = {
        "FreeInit: make each clip N times, each from the low frequencies of the one before;"
            + " steadier motion for N times the work."
      })
  private @Nullable Integer freeInit;

  @Option(
      names = "--temporal-guidance",
      paramLabel = "SCALE",
      converter = Values.TemporalScale.class,
      description = {
        "How much frames have to do with each other: 1 is as the model has it, 1.5 calmer, 0 leaves"
            + " each to itself. Half as much work again."
      })
  private @Nullable Double temporal;

  /** What was asked for, with a way to keep what is given. */
  public Tuning tuning(Optional<Hold> hold) {
    return new Tuning(
        Optional.ofNullable(context),
        freeNoise,
        Optional.ofNullable(freeInit),
        Optional.ofNullable(temporal),
        hold);
  }
}
