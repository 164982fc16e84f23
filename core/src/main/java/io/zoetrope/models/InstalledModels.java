package io.zoetrope.models;

import io.zoetrope.checkpoint.hub.HubCache;
import io.zoetrope.checkpoint.hub.HubSettings;
import io.zoetrope.checkpoint.hub.ModelId;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.CacheFolder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The models of this machine by name. A name is looked for in this order, and the first that fits
 * wins:
 *
 * <ol>
 *   <li>the path of a folder with a {@code model_index.json}, or of a checkpoint in one {@code
 *       .safetensors} or {@code .gguf} file, or of YAML that names the files of one, or of a
 *       finished training;
 *   <li>a folder of that name in one of the {@link #roots};
 *   <li>a model on the class path ({@link PackedModel}), which is unpacked once;
 *   <li>{@code ORG/NAME} or {@code ORG/NAME@REVISION} in the cache of the hub.
 * </ol>
 *
 * <p>Nothing is ever downloaded. Immutable; any number of threads may use it.
 *
 * @param roots folders that are looked into, whether they exist or not
 * @param hub the cache of the hub, shared with other programs
 * @param working folder that relative paths are meant from
 * @param unpacked where models of the class path are unpacked to
 */
public record InstalledModels(List<Path> roots, HubCache hub, Path working, Path unpacked) {
  /** Which variable names {@link #roots}. */
  public static final String VARIABLE = "ZOETROPE_MODELS";

  private static final List<String> FILES = List.of(".safetensors", ".gguf", ".yaml", ".yml");

  private static final String INDEX = "model_index.json";

  public InstalledModels {
    roots = List.copyOf(roots);
  }

  /** Those of this process: its variables, and the folder that it was started in. */
  public static InstalledModels here() {
    return of(System.getenv(), Path.of(""), Optional.empty());
  }

  /**
   * Those that variables tell of: {@value #VARIABLE}, those of the hub ({@link HubSettings#cache}),
   * and those of the user's caches ({@link CacheFolder}).
   *
   * @param working folder that relative paths are meant from; its {@code models} is a root
   * @param home folder of an installation, if there is one; its {@code models} is the last root
   */
  public static InstalledModels of(
      Map<String, String> environment, Path working, Optional<Path> home) {
    Set<Path> roots = new LinkedHashSet<>();
    for (String folder : environment.getOrDefault(VARIABLE, "").split(File.pathSeparator, -1)) {
      if (!folder.isBlank()) {
        roots.add(working.resolve(folder.strip()));
      }
    }
    roots.add(working.resolve("models").toAbsolutePath().normalize());
    home.ifPresent(folder -> roots.add(folder.resolve("models").normalize()));
    return new InstalledModels(
        List.copyOf(roots),
        new HubCache(HubSettings.cache(environment, working)),
        working,
        CacheFolder.of(environment).resolve("models"));
  }

  /**
   * Every model in the {@link #roots}, in the order in which names are resolved.
   *
   * @throws UserError if a folder cannot be looked into
   */
  public List<Path> inRoots() {
    List<Path> models = new ArrayList<>();
    for (Path root : roots) {
      if (Files.isDirectory(root)) {
        try (Stream<Path> children = Files.list(root)) {
          children.filter(InstalledModels::isModel).sorted().forEach(models::add);
        } catch (IOException e) {
          throw AtomicFiles.cannot("look into", root, e);
        }
      }
    }
    return models;
  }

  /**
   * The folder or file of a model.
   *
   * @param name see above
   * @return empty if there is none of that name; a folder of the hub's cache need not be a whole
   *     model
   * @throws UserError if one is on the class path and cannot be unpacked, or the hub's cache has
   *     several of that name
   */
  public Optional<Path> find(String name) {
    return direct(name).or(() -> named(name)).or(() -> packed(name)).or(() -> cached(name));
  }

  /**
   * The folder or file of a model.
   *
   * @throws UserError if there is none, saying how to get it, or what is there is no whole model
   */
  public Path require(String name) {
    Path found = find(name).orElseThrow(() -> missing(name));
    if (Files.isDirectory(found) && !isModel(found)) {
      throw new UserError(
          Fault.DAMAGED,
          "%s is on this disk but is no whole model".formatted(name),
          Mend.NONE.and(Mend.Deed.FETCH, name));
    }
    return found;
  }

  private Optional<Path> direct(String name) {
    try {
      Path path = working.resolve(name);
      boolean file = FILES.stream().anyMatch(name::endsWith) && Files.isRegularFile(path);
      return file || isModel(path) ? Optional.of(path) : made(path);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** What a finished training left in its folder. */
  private static Optional<Path> made(Path run) {
    Path model = run.resolve("model");
    return Files.isRegularFile(run.resolve("recipe.yaml")) && isModel(model)
        ? Optional.of(model)
        : Optional.empty();
  }

  private Optional<Path> named(String name) {
    return inRoots().stream()
        .filter(model -> name.equals(String.valueOf(model.getFileName())))
        .findFirst();
  }

  private Optional<Path> packed(String name) {
    return PackedModel.named(name).map(model -> model.in(unpacked));
  }

  /** The files of a model of the hub, if it was downloaded; they need not be a whole model. */
  public Optional<Path> cached(String name) {
    return ModelId.tryParse(name)
        .flatMap(id -> hub.find(id).or(() -> hub.only(id).map(HubCache.Snapshot::folder)));
  }

  /** What is to be said of a model of the hub that was found: which snapshot, if none was named. */
  public Optional<String> remark(String name) {
    return direct(name).isPresent()
        ? Optional.empty()
        : ModelId.tryParse(name)
            .flatMap(hub::only)
            .map(snapshot -> "%s is here as %s alone: it is used".formatted(name, snapshot.id()));
  }

  private UserError missing(String name) {
    boolean ofHub = name.indexOf('/') > 0 && ModelId.tryParse(name).isPresent();
    return ofHub
        ? new UserError(
            Fault.NOT_FOUND,
            "there is no folder '%s', and no such model was downloaded".formatted(name),
            Mend.NONE.and(Mend.Deed.FETCH, name))
        : new UserError(
            Fault.NOT_FOUND,
            "there is no model '%s'".formatted(name),
            Mend.of(
                "give its folder, or add its jar, as %s has the model of that name"
                    .formatted(PackedModel.artefact(name))));
  }

  /** Whether a folder says that it is a model. */
  public static boolean isModel(Path folder) {
    return Files.isRegularFile(folder.resolve(INDEX));
  }
}
