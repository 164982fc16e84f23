package io.zoetrope.checkpoint.hub;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The cache of the hub, for reading. Each model has a folder {@code models--ORG--NAME}: in it
 * {@code snapshots/COMMIT/} with the files of a commit, mostly links to {@code blobs/ETAG}, and
 * {@code refs/REVISION} with the commit that a branch or tag was at when somebody last asked the
 * hub.
 *
 * @param root the folder of all models; need not exist
 */
public record HubCache(Path root) {
  private static final String PREFIX = "models--";
  private static final int SHORTEST_COMMIT = 7;

  /**
   * A commit of a model that has files on this disk.
   *
   * @param id as {@code --model} takes it: the revision is a branch or tag if one is known to be at
   *     this commit, else the beginning of the commit
   * @param folder its files
   */
  public record Snapshot(ModelId id, String commit, Path folder) {}

  /**
   * The folder of a model's files, if there is one on this disk.
   *
   * @param id its revision may also be the beginning of a commit, of seven digits or more
   */
  public Optional<Path> find(ModelId id) {
    Path repo = root.resolve(id.folder());
    Path snapshots = repo.resolve("snapshots");
    Optional<String> commit = ref(repo.resolve("refs").resolve(id.revision()));
    if (commit.isPresent()) {
      return Optional.of(snapshots.resolve(commit.get())).filter(Files::isDirectory);
    }
    if (id.revision().length() < SHORTEST_COMMIT) {
      return Optional.empty();
    }
    List<Path> named =
        list(snapshots).stream().filter(p -> name(p).startsWith(id.revision())).toList();
    return named.size() == 1 && Files.isDirectory(named.getFirst())
        ? Optional.of(named.getFirst())
        : Optional.empty();
  }

  /** The folder with all that is here of a model, in every snapshot; need not exist. */
  public Path repo(ModelId id) {
    return root.resolve(id.folder());
  }

  /** The snapshots of one model. */
  public List<Snapshot> of(ModelId id) {
    List<Snapshot> found = new ArrayList<>();
    addSnapshots(id, root.resolve(id.folder()), found);
    return found;
  }

  /**
   * The only snapshot of a model of which no revision is named, and none was noted: downloads that
   * are pinned to a commit note none.
   *
   * @throws UserError if there are several, naming them
   */
  public Optional<Snapshot> only(ModelId id) {
    if (!id.revision().equals(ModelId.MAIN) || find(id).isPresent()) {
      return Optional.empty();
    }
    List<Snapshot> there = of(id);
    if (there.size() > 1) {
      throw new UserError(
          Fault.NOT_FOUND,
          "%s is here as %s"
              .formatted(
                  id,
                  there.stream().map(s -> s.id().toString()).collect(Collectors.joining(" and "))),
          "name one");
    }
    return there.stream().findFirst();
  }

  /** All snapshots of all models, by name. */
  public List<Snapshot> snapshots() {
    List<Snapshot> found = new ArrayList<>();
    for (Path folder : list(root)) {
      String name = name(folder);
      if (name.startsWith(PREFIX)) {
        String repo = name.substring(PREFIX.length()).replaceFirst("--", "/");
        ModelId.tryParse(repo).ifPresent(id -> addSnapshots(id, folder, found));
      }
    }
    return found;
  }

  private static void addSnapshots(ModelId id, Path folder, List<Snapshot> found) {
    Map<String, String> names = new LinkedHashMap<>();
    Path refs = folder.resolve("refs");
    for (Path file : files(refs)) {
      String revision = refs.relativize(file).toString().replace('\\', '/');
      ref(file)
          .ifPresent(
              commit -> names.merge(commit, revision, (a, b) -> b.equals(ModelId.MAIN) ? b : a));
    }
    for (Path snapshot : list(folder.resolve("snapshots"))) {
      String commit = name(snapshot);
      String revision =
          names.getOrDefault(commit, commit.substring(0, Math.min(8, commit.length())));
      if (Files.isDirectory(snapshot)) {
        ModelId.tryParse(id.repo() + "@" + revision)
            .ifPresent(named -> found.add(new Snapshot(named, commit, snapshot)));
      }
    }
  }

  /** The commit that a file in {@code refs} names, if it is one that can be a folder's name. */
  private static Optional<String> ref(Path file) {
    try {
      if (Files.isRegularFile(file) && Files.size(file) < 200) {
        return Optional.of(Files.readString(file).strip()).filter(c -> c.matches("\\w{1,100}"));
      }
    } catch (IOException e) {
      // As if it were not there: reading a cache is not the time to mend it.
    }
    return Optional.empty();
  }

  private static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> tree = Files.walk(folder, 5)) {
      return tree.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", folder, e);
    }
  }

  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.sorted().toList();
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", folder, e);
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
