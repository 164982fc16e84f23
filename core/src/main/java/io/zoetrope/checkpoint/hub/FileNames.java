package io.zoetrope.checkpoint.hub;

import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Names that a hub sends become paths on disk: whatever could leave the snapshot's folder, on any
 * system, is refused before anything is written.
 */
final class FileNames {
  private static final Pattern RESERVED =
      Pattern.compile(
          "(?i)(con|prn|aux|nul|conin\\$|conout\\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])([ ]*\\..*)?");
  private static final Pattern FORBIDDEN = Pattern.compile("[<>:\"|?*]");
  private static final int LONGEST = 1000;
  private static final int LONGEST_PART = 240;

  private FileNames() {}

  /**
   * Refuses names that lead out of their folder.
   *
   * @throws UserError if it does
   */
  static void checkInside(String path) {
    if (path.isEmpty() || path.length() > LONGEST) {
      throw bad(path, "it is empty or too long");
    }
    if (path.chars().anyMatch(Character::isISOControl)) {
      throw bad(path, "it has control characters");
    }
    if (path.startsWith("/") || path.indexOf('\\') >= 0 || path.matches("^[A-Za-z]:.*")) {
      throw bad(path, "it is an absolute path or has backslashes");
    }
    for (String part : List.of(path.split("/", -1))) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        throw bad(path, "it leads out of the model's folder");
      }
    }
  }

  /**
   * Refuses names that some systems cannot hold: a cache may lie on a shared disk.
   *
   * @throws UserError if it is one
   */
  static void checkPortable(String path) {
    checkInside(path);
    for (String part : List.of(path.split("/", -1))) {
      if (part.length() > LONGEST_PART) {
        throw unportable(path, "it is too long");
      }
      if (RESERVED.matcher(part).matches()) {
        throw unportable(path, "'" + part + "' is a device on Windows");
      }
      if (part.endsWith(".") || part.endsWith(" ") || FORBIDDEN.matcher(part).find()) {
        throw unportable(path, "Windows does not allow the name");
      }
    }
  }

  private static UserError unportable(String path, String why) {
    return new UserError(
        Fault.DAMAGED,
        "the hub lists a file '%s', which is not taken: %s".formatted(shown(path), why),
        Mend.NONE.and(Mend.Knob.EXCLUDED).and(" leaves it out"));
  }

  private static UserError bad(String path, String why) {
    return new UserError(
        Fault.DAMAGED,
        "the hub lists a file '%s': %s, so nothing of this model is taken"
            .formatted(shown(path), why));
  }

  private static String shown(String path) {
    String line = path.replaceAll("\\p{Cntrl}", "?");
    return line.length() > 80 ? line.substring(0, 79) + "…" : line;
  }
}
