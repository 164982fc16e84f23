package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.error.UserError;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds what is put into a model: a file, a folder, or something of the hub's cache. */
final class PartFile {
  private static final Pattern WITHIN = Pattern.compile("(?<model>[^/]+/[^/]+)/(?<file>.+)");

  private PartFile() {}

  /**
   * Where it is.
   *
   * @param option that it was typed for
   * @param typed a path, ORG/NAME, or ORG/NAME/FILE
   * @throws UserError if there is none
   */
  static Path find(Session session, String option, String typed) {
    Path direct;
    try {
      direct = session.resolve(Path.of(typed));
    } catch (InvalidPathException e) {
      throw new UsageError("%s '%s' is no path".formatted(option, typed));
    }
    if (Files.exists(direct) && !typed.isBlank()) {
      return direct;
    }
    ModelFolders folders = new ModelFolders(session);
    Matcher within = WITHIN.matcher(typed);
    Optional<Path> inside =
        within.matches()
            ? folders
                .cached(within.group("model"))
                .map(folder -> folder.resolve(within.group("file")))
                .filter(Files::exists)
            : Optional.empty();
    return inside
        .or(() -> folders.cached(typed))
        .orElseThrow(() ->
            new UserError(
                "%s: there is no '%s': give a folder, a .safetensors file, or ORG/NAME after 'zoetrope pull'"
                    .formatted(option, typed)));
  }
}
