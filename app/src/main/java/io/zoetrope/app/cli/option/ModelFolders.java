package io.zoetrope.app.cli.option;

import io.zoetrope.app.cli.config.Preferences;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.checkpoint.hub.HubCache;
import io.zoetrope.checkpoint.hub.ModelId;
import io.zoetrope.error.UserError;
import io.zoetrope.models.InstalledModels;
import io.zoetrope.pipeline.family.ModelIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where models lie: the folders in {@code $ZOETROPE_MODELS}, then {@code models} in the working
 * folder, then those that came with zoetrope, then the cache of the hub, in which a model's name is
 * {@code ORG/NAME} or {@code ORG/NAME@REVISION}. A model is a folder with a {@code
 * model_index.json} in it; the first of a name wins. Nothing is ever downloaded.
 */
public final class ModelFolders {
  private final Session session;

  public ModelFolders(Session session) {
    this.session = session;
  }

  /** All that the library knows of them. */
  private InstalledModels installed() {
    return InstalledModels.of(session.environment(), session.workingFolder(), session.home());
  }

  /** The folders that are looked into, whether they exist or not. */
  public List<Path> roots() {
    return installed().roots();
  }

  /** Every model found, in the order in which names are resolved. */
  public List<Path> models() {
    return installed().inRoots();
  }

  /**
   * The folder of a model, or its file.
   *
   * @param wanted a path, also of a checkpoint in one .safetensors or .gguf file or of a finished
   *     training, the name of a folder under one of the roots, or that of a model of the hub
   * @throws UserError if there is none
   */
  public Path find(String wanted) {
    return named(Preferences.of(session).model(wanted));
  }

  private Path named(String wanted) {
    Optional<Path> found = installed().find(wanted);
    if (found.filter(ModelFolders::isWhole).isPresent()) {
      return found.get();
    }
    Path direct = session.resolve(Path.of(wanted));
    if (Files.isDirectory(direct)) {
      throw new UserError(
          Files.isRegularFile(direct.resolve("recipe.yaml"))
              ? "'%s' is a training that has made no model yet: with --resume it goes on"
                  .formatted(direct)
              : "'%s' is no model: it lacks model_index.json".formatted(direct));
    }
    if (found.isEmpty()) {
      throw missing(wanted);
    }
    throw new UserError(
        "%s is on this disk but is no whole model: 'zoetrope pull %s' fetches what it lacks, if it is one"
            .formatted(wanted, wanted));
  }

  /**
   * The model that refines what another makes.
   *
   * @param wanted its name, as for {@link #find}; none asks the other model's index
   * @param first the other model
   * @return empty if that is the other model itself
   * @throws UserError if there is none of that name
   */
  public Optional<Path> refiner(Optional<String> wanted, Path first) {
    return wanted.map(this::find).or(() -> ModelIndex.refiner(first)).filter(f -> !f.equals(first));
  }

  /** The files of a model of the hub, if it was downloaded; they need not be a whole model. */
  public Optional<Path> cached(String wanted) {
    return installed().cached(Preferences.of(session).model(wanted));
  }

  /** What is to be said of a model of the hub that was found: which snapshot, if none was named. */
  public Optional<String> remark(String wanted) {
    return installed().remark(Preferences.of(session).model(wanted));
  }

  /** The cache of the hub, which zoetrope shares with other programs. */
  public HubCache hub() {
    return installed().hub();
  }

  /** Why there is no such model. */
  public static UserError missing(String wanted) {
    boolean hub = wanted.indexOf('/') > 0 && ModelId.tryParse(wanted).isPresent();
    return new UserError(
        hub
            ? "there is no folder '%s', and no such model was downloaded: 'zoetrope pull %s' does that"
                .formatted(wanted, wanted)
            : "there is no model '%s': 'zoetrope models' lists what there is, or give its folder"
                .formatted(wanted));
  }

  /** Whether a folder says that it is a model. */
  public static boolean isModel(Path folder) {
    return InstalledModels.isModel(folder);
  }

  /** A folder of the hub's cache may have anything in it. */
  private static boolean isWhole(Path model) {
    return Files.isRegularFile(model) || isModel(model);
  }

  /** The safetensors and GGUF files of a folder and of the folders in it. */
  public static List<Path> weights(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder, 2)) {
      return files
          .filter(f -> f.toString().endsWith(".safetensors") || f.toString().endsWith(".gguf"))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
