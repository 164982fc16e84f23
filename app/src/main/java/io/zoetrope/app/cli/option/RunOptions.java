package io.zoetrope.app.cli.option;

import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.Placement;
import io.zoetrope.torch.ComputeDevice;
import java.nio.file.Path;
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
   * The device as asked for.
   *
   * @throws io.zoetrope.error.UserError if it is not there
   */
  public String device() {
    // What "auto" means needs libtorch, and is found when a model is loaded.
    return device.equals("auto") ? device : ComputeDevice.of(device).toString();
  }

  /** The number format as asked for. */
  public String dtype() {
    return dtype;
  }

  /**
   * A model, computed so.
   *
   * @throws io.zoetrope.error.UserError if the device asked for is not there
   */
  public ModelChoice choice(Path model) {
    return ModelChoice.of(model, dtype).withPlacement(Placement.on(ComputeDevice.of(device)));
  }
}
