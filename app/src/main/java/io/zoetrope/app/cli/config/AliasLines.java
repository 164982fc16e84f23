package io.zoetrope.app.cli.config;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.TextFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Puts an alias into a file of preferences, whose other lines and remarks stay as they are. */
public final class AliasLines {
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}_.-]{0,63}");

  private AliasLines() {}

  /**
   * Writes it.
   *
   * @param file may be missing
   * @throws UserError if the alias or its target is none, or the file cannot be changed
   */
  public static void put(Path file, String name, String target) {
    if (!NAME.matcher(name).matches()) {
      throw new UserError(
          Fault.INVALID, "'%s' is no alias".formatted(name), "use letters, digits, - and .");
    }
    if (target.isBlank() || target.equals(name) || target.contains("\n")) {
      throw new UserError(Fault.INVALID, "'%s' is no name of a model".formatted(target));
    }
    try {
      String old = Files.exists(file) ? TextFiles.read(file) : "";
      String text = with(old, "  %s: '%s'".formatted(name, target.replace("'", "''")), name);
      if (!says(file, text, name, target)) {
        throw new UserError(
            Fault.INVALID,
            "cannot put a line into '%s'".formatted(file),
            "write '%s: %s' below aliases: yourself".formatted(name, target));
      }
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      AtomicFiles.text(file, text);
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", file, e);
    }
  }

  private static boolean says(Path file, String text, String name, String target) {
    try {
      return target.equals(Preferences.parse(file, text).aliases().get(name));
    } catch (UserError e) {
      return false;
    }
  }

  private static String with(String old, String line, String name) {
    List<String> lines = new ArrayList<>(old.lines().toList());
    int section = lines.indexOf("aliases:");
    if (section < 0) {
      lines.add("aliases:");
      section = lines.size() - 1;
    }
    Pattern same = Pattern.compile("\\s+['\"]?" + Pattern.quote(name) + "['\"]?\\s*:.*");
    int at = section + 1;
    while (at < lines.size() && !lines.get(at).matches("\\S.*")) {
      if (same.matcher(lines.get(at)).matches()) {
        lines.remove(at);
        break;
      }
      at++;
    }
    lines.add(section + 1, line);
    return String.join("\n", lines) + "\n";
  }
}
