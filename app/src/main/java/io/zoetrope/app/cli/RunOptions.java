package io.zoetrope.app.cli;

import picocli.CommandLine.Option;

/** Where and how to compute. */
public final class RunOptions {
  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      converter = Values.Device.class,
      description = "auto, cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
  private String device = "auto";

  @Option(
      names = "--dtype",
      paramLabel = "DTYPE",
      defaultValue = "auto",
      converter = Values.Dtype.class,
      description =
          "auto, f32 or bf16 (default: ${DEFAULT-VALUE}, bf16 where the processor multiplies it).")
  private String dtype = "auto";

  public String device() {
    return device;
  }

  public String dtype() {
    return dtype;
  }
}
