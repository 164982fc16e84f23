package io.zoetrope.pipeline.family;

import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What lies beside a transformer of Wan in a file of its own: in its folder, or in those that
 * ComfyUI has beside that.
 *
 * @param model the transformer's file
 */
record WanNeighbours(Path model) {
  private static final Pattern TEXT = Pattern.compile(".*umt5.*" + Neighbours.WEIGHTS);

  private static final Pattern VAE = Pattern.compile(".*wan.*vae.*" + Neighbours.WEIGHTS);

  private static final Pattern EYE = Pattern.compile(".*clip.*vi(t|sion).*" + Neighbours.WEIGHTS);

  private Neighbours beside() {
    return new Neighbours(model);
  }

  /** The text encoder. */
  Path text() {
    return beside()
        .first(TEXT, List.of("text_encoders", "clip"))
        .orElseThrow(() ->
            beside()
                .missing(
                    "text encoder", "umt5", Mend.of("name one as ").and(Mend.Knob.TEXT_ENCODER)));
  }

  /** Autoencoders; one of them may be the model's. */
  List<Path> autoencoders() {
    return beside().all(VAE, List.of("vae"));
  }

  /** What reads pictures. */
  Path eye() {
    return beside()
        .first(EYE, List.of("clip_vision"))
        .orElseThrow(() -> beside().missing("image encoder", "clip_vision", Mend.NONE));
  }

  /** There is no autoencoder for the model. */
  UserError noAutoencoder() {
    return beside()
        .missing("autoencoder", "wan and vae", Mend.of("name one as ").and(Mend.Knob.VAE));
  }

  /** The other of two experts; empty where the file's name is of none. */
  Optional<Path> late() {
    String name = String.valueOf(model.getFileName());
    return Stream.of("high", "High", "HIGH")
        .filter(name::contains)
        .map(high -> name.replace(high, low(high)))
        .map(model::resolveSibling)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static String low(String high) {
    return switch (high) {
      case "high" -> "low";
      case "High" -> "Low";
      default -> "LOW";
    };
  }
}
