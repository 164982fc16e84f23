package io.zoetrope.app.cli.option;

import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.app.cli.words.Wording;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.torch.UserError;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Where a result goes. A file that is named is replaced if it exists; a name that zoetrope makes up
 * is always a new one.
 */
public final class OutOption {
  private static final int LONGEST_NAME = 48;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = {
        "Where to: .mp4, .webm, .gif, .webp, .png (contact sheet), or a folder (ending in /) for"
            + " numbered PNGs. An existing file is replaced. Without it, a new file in this folder,"
            + " named after what is made."
      })
  private @Nullable String out;

  /**
   * A file or folder to write.
   *
   * @param path absolute or relative to the process
   */
  public record Target(Path path, OutputFormat format) {}

  /**
   * The place asked for, or a new name.
   *
   * @param name what is made, for a name of our own; any text
   * @param format of a name of our own
   */
  public Target choose(Session session, String name, OutputFormat format) {
    if (out == null) {
      return new Target(fresh(session, slug(name), format), format);
    }
    if (out.isBlank()) {
      throw new UsageError("--out is empty: name a file, as in --out ball.mp4");
    }
    try {
      return new Target(session.resolve(Path.of(out)), OutputFormat.of(out));
    } catch (InvalidPathException e) {
      throw new UsageError("--out '%s' is no file name: %s".formatted(out, e.getReason()));
    } catch (UserError e) {
      throw new UsageError("--out '%s': %s".formatted(out, Wording.line(e)));
    }
  }

  /**
   * A picture that another option names.
   *
   * @param option as typed, for messages
   * @param file what follows it, if it is there
   */
  public static Optional<Path> picture(Session session, String option, @Nullable String file) {
    return file(session, option, file, OutputFormat.PNG.ending());
  }

  /** As {@link #picture}, for any ending. */
  public static Optional<Path> file(
      Session session, String option, @Nullable String file, String ending) {
    if (file == null) {
      return Optional.empty();
    }
    if (!file.toLowerCase(Locale.ROOT).endsWith(ending)) {
      throw new UsageError("%s '%s' must end in %s".formatted(option, file, ending));
    }
    try {
      return Optional.of(session.resolve(Path.of(file)));
    } catch (InvalidPathException e) {
      throw new UsageError("%s '%s' is no file name: %s".formatted(option, file, e.getReason()));
    }
  }

  private static Path fresh(Session session, String slug, OutputFormat format) {
    Path path = session.resolve(Path.of(slug + format.ending()));
    for (int n = 2; Files.exists(path); n++) {
      path = session.resolve(Path.of(slug + "-" + n + format.ending()));
    }
    return path;
  }

  /** Words as a file name: lower case, letters and digits of any script, joined by hyphens. */
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
