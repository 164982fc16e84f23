package io.zoetrope.jobs.worker;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.models.InstalledModels;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Models that a stranger may name: those that are listed, never a path. */
final class Shelves {
  private static final Pattern NAME =
      Pattern.compile(
          "[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)?(@[A-Za-z0-9_.-]+)?");

  private Shelves() {}

  /** Those of this machine, none of which is found by its path. */
  static InstalledModels here() {
    Optional<Path> home = Optional.ofNullable(System.getProperty("zoetrope.home")).map(Path::of);
    InstalledModels all = InstalledModels.of(System.getenv(), Path.of("").toAbsolutePath(), home);
    // A folder that nobody can make: what is looked for from there is not found.
    Path nowhere = Path.of("").toAbsolutePath().resolve(".zoetrope-nowhere");
    return new InstalledModels(all.roots(), all.hub(), nowhere, all.unpacked());
  }

  /**
   * The folder of a model.
   *
   * @throws UserError if there is none of that name, or it is no name
   */
  static Path require(InstalledModels models, String name) {
    if (!NAME.matcher(name).matches() || name.contains("..")) {
      throw new UserError(
          Fault.NOT_FOUND, "there is no model '%s'".formatted(name), "name one that is listed");
    }
    return models.require(name);
  }
}
