package io.zoetrope.jobs.worker;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.jobs.PartRef;
import io.zoetrope.models.InstalledModels;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What of this machine may be put into models by strangers' orders: whatever lies in the folders
 * {@code loras}, {@code controls}, ... below those that models lie in. What is not listed is not
 * found, whatever its name says.
 */
final class Parts {
  private static final String WEIGHTS = ".safetensors";
  private static final String GRAPH = ".onnx";

  private Parts() {}

  /** All of them, by kind and name. */
  static Map<PartRef, Path> of(InstalledModels models) {
    Map<PartRef, Path> found = new LinkedHashMap<>();
    for (PartRef.Kind kind : PartRef.Kind.values()) {
      for (Path root : models.roots()) {
        for (Path file : files(root.resolve(kind.folder()))) {
          ref(kind, file).ifPresent(ref -> found.putIfAbsent(ref, file));
        }
      }
    }
    return found;
  }

  private static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", folder, e);
    }
  }

  private static Optional<PartRef> ref(PartRef.Kind kind, Path file) {
    String name = String.valueOf(file.getFileName());
    if (Files.isDirectory(file)) {
      boolean none = kind == PartRef.Kind.EMBEDDING || kind == PartRef.Kind.DEPTH;
      return none ? Optional.empty() : ref(kind, name);
    }
    String ending = kind == PartRef.Kind.DEPTH ? GRAPH : WEIGHTS;
    boolean folders = kind == PartRef.Kind.CONTROL || kind == PartRef.Kind.ENCODER;
    return folders || !name.endsWith(ending)
        ? Optional.empty()
        : ref(kind, name.substring(0, name.length() - ending.length()));
  }

  private static Optional<PartRef> ref(PartRef.Kind kind, String name) {
    return PartRef.named(name) ? Optional.of(new PartRef(kind, name)) : Optional.empty();
  }

  /**
   * Where one lies.
   *
   * @throws UserError if it is not listed
   */
  static Path require(InstalledModels models, PartRef ref) {
    return Optional.ofNullable(of(models).get(ref))
        .orElseThrow(() ->
            new UserError(
                Fault.NOT_FOUND,
                "there is no '%s' here".formatted(ref.text()),
                "name one that is listed"));
  }

  /** Bytes of a file, or of the files in a folder. */
  static long bytes(Path part) {
    try (Stream<Path> files = Files.walk(part, 1)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      return 0;
    }
  }
}
