package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.pipeline.order.ModelRef;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which of a model's weights are meant, and which of another. */
public final class WeightOptions {
  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description = "Which weights of a model's folder, as in fp16 (default: the plain ones).")
  private @Nullable String variant;

  @Option(
      names = "--vae",
      paramLabel = "MODEL",
      description = {
        "Another autoencoder in place of the model's: a folder, a .safetensors file, or ORG/NAME after"
            + " 'zoetrope pull'."
      })
  private @Nullable String vae;

  /** A model of these. */
  public ModelRef of(Session session, ModelRef model) {
    ModelRef meant = model.withVariant(Optional.ofNullable(variant));
    return vae == null ? meant : meant.withVae(PartFile.find(session, "--vae", vae));
  }
}
