package io.zoetrope.app.command;

import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.checkpoint.hub.HubCache;
import io.zoetrope.checkpoint.hub.ModelId;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Models that may be deleted: those in folders of models, and in the cache of the hub. What came
 * with zoetrope stays, and so does everything that lies elsewhere.
 */
final class RemovableModels {
  private final Session session;

  RemovableModels(Session session) {
    this.session = session;
  }

  /**
   * The folder that is all of a model.
   *
   * @param name as {@code models} lists it
   * @throws UserError if there is none that may be deleted
   */
  Path find(String name) {
    ModelFolders folders = new ModelFolders(session);
    return own(folders, name).or(() -> cached(folders.hub(), name)).orElseThrow(() -> none(name));
  }

  private Optional<Path> own(ModelFolders folders, String name) {
    if (!Path.of(name).equals(Path.of(name).getFileName())) {
      return Optional.empty();
    }
    Optional<Path> found =
        folders.models().stream()
            .filter(m -> name.equals(String.valueOf(m.getFileName())))
            .findFirst();
    Optional<Path> shipped = session.home().map(home -> home.resolve("models").normalize());
    found
        .filter(m -> shipped.filter(m.toAbsolutePath().normalize()::startsWith).isPresent())
        .ifPresent(m -> {
          throw new UserError(Fault.INVALID, "'%s' came with zoetrope and stays".formatted(m));
        });
    return found;
  }

  /** A model of the hub with all of its snapshots. */
  private static Optional<Path> cached(HubCache hub, String name) {
    Optional<ModelId> id = ModelId.tryParse(name).filter(i -> name.contains("/"));
    List<HubCache.Snapshot> there = id.map(hub::of).orElse(List.of());
    if (there.isEmpty()) {
      return Optional.empty();
    }
    if (there.size() > 1 && name.contains("@")) {
      throw new UserError(
          Fault.INVALID,
          "%s shares files with %s other snapshots".formatted(name, there.size() - 1),
          "'models rm %s' deletes all of them".formatted(id.orElseThrow().repo()));
    }
    Path repo = hub.repo(id.orElseThrow());
    return Optional.of(repo).filter(Files::isDirectory);
  }

  private static UserError none(String name) {
    return new UserError(
        Fault.NOT_FOUND,
        "there is no model '%s' to delete".formatted(name),
        "'zoetrope models' lists what there is; elsewhere nothing is deleted");
  }
}
