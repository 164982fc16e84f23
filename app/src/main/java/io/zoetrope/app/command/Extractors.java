package io.zoetrope.app.command;

import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.error.UserError;
import io.zoetrope.eval.features.ClassifierFeatures;
import io.zoetrope.eval.features.TorchScriptFeatures;
import io.zoetrope.eval.features.VideoFeatures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The network whose features tell sets of videos apart. */
final class Extractors {
  /** The one that comes with zoetrope. */
  private static final String BUNDLED = "toybox-classifier";

  private Extractors() {}

  /**
   * The one asked for, or the bundled one if it is there.
   *
   * @param wanted a TorchScript file, or the folder of a classifier
   */
  static Optional<VideoFeatures> find(Session session, @Nullable String wanted) {
    if (wanted != null) {
      if (wanted.isBlank()) {
        throw new UsageError(
            "--features is empty: name a TorchScript file or a classifier's folder");
      }
      Path path = session.resolve(Path.of(wanted));
      if (!Files.exists(path)) {
        throw new UserError("there is no file or folder '" + wanted + "' to take features from");
      }
      return Optional.of(
          Files.isDirectory(path) ? ClassifierFeatures.load(path) : TorchScriptFeatures.load(path));
    }
    return new ModelFolders(session)
        .roots().stream()
            .map(root -> root.resolve(BUNDLED))
            .filter(folder -> Files.isRegularFile(folder.resolve("config.json")))
            .findFirst()
            .map(ClassifierFeatures::load);
  }
}
