package io.zoetrope.pipeline.family;

import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which components of a model directory have a variant of weights, such as {@code fp16}. */
public final class Variants {
  private Variants() {}

  /**
   * What is to be said where some components have it and others have not.
   *
   * @param model a directory or file
   */
  public static Optional<String> remark(Path model, String variant) {
    if (!Files.isDirectory(model)) {
      return Optional.empty();
    }
    List<Path> parts = list(model).stream().filter(Files::isDirectory).toList();
    List<String> without =
        parts.stream()
            .filter(part -> weights(part, "") && !weights(part, "." + variant))
            .map(part -> String.valueOf(part.getFileName()))
            .toList();
    boolean somewhere = parts.stream().anyMatch(part -> weights(part, "." + variant));
    return somewhere && !without.isEmpty()
        ? Optional.of(
            "%s of this model: not of %s, whose plain weights are taken"
                .formatted(variant, String.join(", ", without)))
        : Optional.empty();
  }

  private static boolean weights(Path part, String with) {
    return list(part).stream()
        .map(file -> String.valueOf(file.getFileName()))
        .anyMatch(name -> name.contains(".safetensors") && name.contains(with));
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children.sorted().toList();
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", folder, e);
    }
  }
}
