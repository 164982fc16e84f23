package io.zoetrope.app.cli.option;

import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.app.cli.words.Wording;
import io.zoetrope.error.UserError;
import io.zoetrope.media.OutputFormat;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** From what somebody typed behind {@code --out} to places of files. */
final class OutNames {
  private static final int LONGEST_NAME = 48;

  /** How pictures in a folder are numbered; other programs write it behind a folder. */
  private static final Pattern NUMBERED = Pattern.compile("(.*?)([^/\\\\]*%\\d*d[^/\\\\]*)");

  private OutNames() {}

  /** A place and what is written there. */
  record Place(Path path, OutputFormat format) {}

  /**
   * Where a video goes.
   *
   * @param typed behind {@code --out}
   * @param named of the files in a folder, if that was said
   */
  static Place place(String typed, Take take, Optional<OutputFormat> named, OutputFormat usual) {
    Matcher numbered = NUMBERED.matcher(typed);
    if (numbered.matches()) {
      return pictures(numbered.group(1), numbered.group(2), typed, take);
    }
    String name = filled(typed, take);
    try {
      Path path = Path.of(name);
      OutputFormat format = OutputFormat.of(name);
      boolean pictures = named.isEmpty() ? take.alone() : named.get().picture();
      if (!format.folder() || (pictures && take.alone())) {
        OutputFormat written =
            format.folder() && named.filter(f -> f == OutputFormat.JPEG).isPresent()
                ? OutputFormat.JPEG_FOLDER
                : format;
        return new Place(name.equals(typed) ? suffixed(path, take) : path, written);
      }
      OutputFormat inside = named.orElse(usual);
      return new Place(path.resolve(take.name() + inside.ending()), inside);
    } catch (InvalidPathException e) {
      throw new UsageError("--out '%s' is no file name: %s".formatted(typed, e.getReason()));
    } catch (UserError e) {
      throw new UsageError("--out '%s': %s".formatted(typed, Wording.line(e)));
    }
  }

  /** A folder of pictures that is typed as other programs want it. */
  private static Place pictures(String folder, String name, String typed, Take take) {
    OutputFormat format =
        switch (name) {
          case "%05d.png" -> OutputFormat.PNG_FOLDER;
          case "%05d.jpg" -> OutputFormat.JPEG_FOLDER;
          default ->
              throw new UsageError(
                  "--out '%s': pictures in a folder are called 00000.png or .jpg: write FOLDER/%%05d.png or FOLDER/%%05d.jpg"
                      .formatted(typed)
                      .replace("%%", "%"));
        };
    String filled = filled(folder, take);
    Path path = Path.of(filled.isEmpty() ? "." : filled).normalize();
    return new Place(filled.equals(folder) ? suffixed(path, take) : path, format);
  }

  /** What stands in braces becomes what it means. */
  private static String filled(String typed, Take take) {
    return typed
        .replace("{seed}", String.valueOf(take.seed()))
        .replace("{n}", take.number())
        .replace("{prompt}", slug(take.title()));
  }

  /** With what tells one of several from the others, before its ending. */
  private static Path suffixed(Path path, Take take) {
    String name = String.valueOf(path.getFileName());
    int dot = name.lastIndexOf('.');
    int at = dot > 0 ? dot : name.length();
    return path.resolveSibling(name.substring(0, at) + take.suffix() + name.substring(at));
  }

  /** Whether a folder is meant, not a file. */
  static boolean folder(String typed) {
    try {
      return OutputFormat.of(typed).folder();
    } catch (UserError | InvalidPathException e) {
      return false; // said where it is opened
    }
  }

  /** Where the sheet of several videos goes, whose first place was typed. */
  static Path sheet(String typed) {
    if (typed.endsWith("/")
        || typed.endsWith(File.separator)
        || Files.isDirectory(Path.of(typed))) {
      return Path.of(typed).resolve("sheet.png");
    }
    String plain =
        typed.replaceAll("[-_. ]?\\{(seed|n|prompt)}", "").replaceAll("[/\\\\]?%\\d*d\\.\\w+$", "");
    Path path = Path.of(plain);
    String name = path.getFileName() == null ? "" : path.getFileName().toString();
    int dot = name.lastIndexOf('.');
    String stem = dot >= 0 ? name.substring(0, dot) : name;
    return path.resolveSibling(stem.isEmpty() ? "sheet.png" : stem + "-sheet.png");
  }

  /** The format of one file, by its ending without the dot. */
  static Optional<OutputFormat> format(@Nullable String name) {
    if (name == null) {
      return Optional.empty();
    }
    String lower = name.toLowerCase(Locale.ROOT);
    String ending = "." + (lower.equals("jpeg") ? "jpg" : lower);
    Optional<OutputFormat> format =
        Arrays.stream(OutputFormat.values())
            .filter(f -> !f.folder() && f.ending().equals(ending))
            .findFirst();
    if (format.isEmpty()) {
      throw new UsageError("--format '%s' is not mp4, webm, gif, webp, png or jpg".formatted(name));
    }
    return format;
  }

  /** Words as a file name: letters and digits, the rest as single dashes. */
  static String slug(String words) {
    String plain =
        Normalizer.normalize(words, Normalizer.Form.NFKC)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^\\p{L}\\p{N}]+", "-")
            .replaceAll("^-|-$", "");
    if (plain.length() > LONGEST_NAME) {
      int cut = plain.lastIndexOf('-', LONGEST_NAME);
      plain = plain.substring(0, cut > LONGEST_NAME / 2 ? cut : LONGEST_NAME);
    }
    return plain.isEmpty() ? "zoetrope" : plain;
  }
}
