package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.FitOption;
import io.zoetrope.app.cli.option.Values;
import picocli.CommandLine.Option;

/** Which part of a source video is taken, and how it is made to fit. */
public final class SourceOptions extends FitOption {
  @Option(
      names = "--start",
      paramLabel = "SECONDS",
      converter = Values.Seconds.class,
      defaultValue = "0",
      description = "Where in the source to begin (default: ${DEFAULT-VALUE}).")
  private double start;

  public double start() {
    return start;
  }
}
