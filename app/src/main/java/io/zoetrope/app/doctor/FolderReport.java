package io.zoetrope.app.doctor;

import io.zoetrope.app.cli.config.Preferences;
import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.Units;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Folders that zoetrope writes to, and how much fits in them. */
final class FolderReport {
  private static final long COMFORTABLE = 2L << 30;

  private FolderReport() {}

  static List<Finding> examine(Session session) {
    List<Finding> findings = new ArrayList<>();
    findings.add(folder("working", session.workingFolder().toAbsolutePath()));
    findings.add(folder("natives_cache", nativesCache()));
    findings.add(config(session));
    findings.add(models(new ModelFolders(session)));
    return findings;
  }

  /** Which file of preferences is read. */
  private static Finding config(Session session) {
    Optional<Path> place = Preferences.place(session);
    String name = place.map(Path::toString).orElse("");
    String text =
        place
            .map(file -> Files.exists(file) ? file + " is read" : "none; it would be " + file)
            .orElse("none");
    return Finding.of("folders", "config", name, text);
  }

  private static Finding models(ModelFolders folders) {
    List<String> names = folders.models().stream().map(m -> m.getFileName().toString()).toList();
    return names.isEmpty()
        ? Finding.note(
            "folders",
            "models",
            names,
            "none found in " + folders.roots() + ": set ZOETROPE_MODELS to a folder of models")
        : Finding.of("folders", "models", names, String.join(", ", names));
  }

  /** Where JavaCPP unpacks native libraries. */
  private static Path nativesCache() {
    String configured = System.getProperty("org.bytedeco.javacpp.cachedir", "");
    return configured.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".javacpp", "cache")
        : Path.of(configured);
  }

  private static Finding folder(String name, Path path) {
    Path existing = path;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    if (!Files.isWritable(existing)) {
      return Finding.broken(
          "folders", name, path.toString(), path + ": no permission to write there");
    }
    long space = existing.toFile().getUsableSpace();
    String text = "%s (%s free)".formatted(path, Units.bytes(space));
    return space < COMFORTABLE
        ? Finding.note("folders", name, path.toString(), text + ": make room")
        : Finding.of("folders", name, path.toString(), text);
  }
}
