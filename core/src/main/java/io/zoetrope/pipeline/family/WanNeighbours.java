package io.zoetrope.pipeline.family;

import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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
  private static final String WEIGHTS = "\\.(safetensors|gguf)";

  private static final Pattern TEXT = Pattern.compile(".*umt5.*" + WEIGHTS);

  private static final Pattern VAE = Pattern.compile(".*wan.*vae.*" + WEIGHTS);

  private static final Pattern EYE = Pattern.compile(".*clip.*vi(t|sion).*" + WEIGHTS);

  /** The text encoder. */
  Path text() {
    return first(TEXT, List.of("text_encoders", "clip"))
        .orElseThrow(() ->
            missing("text encoder", "umt5", Mend.of("name one as ").and(Mend.Knob.TEXT_ENCODER)));
  }

  /** Autoencoders; one of them may be the model's. */
  List<Path> autoencoders() {
    return all(VAE, List.of("vae"));
  }

  /** What reads pictures. */
  Path eye() {
    return first(EYE, List.of("clip_vision"))
        .orElseThrow(() -> missing("image encoder", "clip_vision", Mend.NONE));
  }

  /** There is no autoencoder for the model. */
  UserError noAutoencoder() {
    return missing("autoencoder", "wan and vae", Mend.of("name one as ").and(Mend.Knob.VAE));
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

  private UserError missing(String what, String named, Mend mend) {
    return new UserError(
        Fault.NOT_FOUND,
        "%s has no %s beside it: no file whose name has %s in it".formatted(model, what, named),
        mend);
  }

  private Optional<Path> first(Pattern name, List<String> folders) {
    return all(name, folders).stream().findFirst();
  }

  private List<Path> all(Pattern name, List<String> folders) {
    Path own = model.toAbsolutePath().resolveSibling("").normalize();
    Stream<Path> beside =
        folders.stream()
            .flatMap(folder -> Stream.of(own.resolve(folder), own.resolveSibling(folder)));
    return Stream.concat(Stream.of(own), beside)
        .filter(Files::isDirectory)
        .flatMap(folder -> files(folder, name).stream())
        .distinct()
        .toList();
  }

  private static List<Path> files(Path folder, Pattern name) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file ->
              name.matcher(String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT)).matches())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", folder, e);
    }
  }
}
