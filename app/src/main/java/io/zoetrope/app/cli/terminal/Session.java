package io.zoetrope.app.cli.terminal;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The surroundings of one command line. Commands take nothing from the process itself, so that
 * tests run them in-process.
 *
 * @param workingFolder where files without a folder go
 * @param environment variables by name
 */
public record Session(
    Console console,
    Cancellation cancellation,
    Path workingFolder,
    Map<String, String> environment) {

  /** An environment variable, if it is set to something. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  /** The folder that zoetrope is installed in, if the launcher said so. */
  public Optional<Path> home() {
    return Optional.ofNullable(System.getProperty("zoetrope.home")).map(Path::of);
  }

  /** Whether lines on stderr may be written again, as bars are. */
  public boolean redraws() {
    return console.terminal() && !"dumb".equals(environment.get("TERM"));
  }

  /** Whether stderr may have colours. */
  public boolean coloured() {
    return redraws() && variable("NO_COLOR").isEmpty();
  }

  /** Whether stdout may have them; the launcher says whether it is a terminal too. */
  public boolean colouredOut() {
    return coloured() && Boolean.getBoolean("zoetrope.stdout");
  }

  /** A path as the user means it: relative to the working folder. */
  public Path resolve(Path path) {
    return workingFolder.resolve(path);
  }
}
