package io.zoetrope.app.cli;

import io.zoetrope.torch.UserError;
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

  /**
   * The number format as asked for.
   *
   * @throws UserError if the device asked for is not there
   */
  public String dtype() {
    if (device.startsWith("cuda")) {
      throw new UserError(
          "--device %s: this version computes on the CPU only; leave --device at auto"
              .formatted(device));
    }
    return dtype;
  }
}
