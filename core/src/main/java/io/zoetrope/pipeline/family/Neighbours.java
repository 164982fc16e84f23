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
 * Files of weights beside a model's own: in its folder, or in folders that ComfyUI has in that or
 * beside it.
 */
record Neighbours(Path model) {
  /** How names of files that are read end. */
  static final String WEIGHTS = "\\.(safetensors|gguf)";

  /** There is none. */
  UserError missing(String what, String named, Mend mend) {
    return new UserError(
        Fault.NOT_FOUND,
        "%s has no %s beside it: no file whose name has %s in it".formatted(model, what, named),
        mend);
  }

  /** The first whose name, in small letters, is like that. */
  Optional<Path> first(Pattern name, List<String> folders) {
    return all(name, folders).stream().findFirst();
  }

  /** All of them, those of the own folder first. */
  List<Path> all(Pattern name, List<String> folders) {
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
