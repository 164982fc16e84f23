package io.zoetrope.app.cli.option;

import io.zoetrope.app.cli.terminal.Passing;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.app.cli.words.Wording;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
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

  /** What stands for stdout and stdin in place of a file. */
  static final String PIPE = "-";

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = {
        "Where to: .mp4, .webm, .gif, .webp, .png (contact sheet), or a folder (ending in /) for"
            + " numbered PNGs; - for stdout. An existing file is replaced. Without it, a new file in"
            + " this folder, named after what is made."
      })
  private @Nullable String out;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "What goes to stdout with --out -: mp4, webm, gif, webp or png.")
  private @Nullable String format;

  /** A file or folder to write: one that was named, a new one, or one on its way to stdout. */
  public static final class Target implements AutoCloseable {
    private final Path path;
    private final OutputFormat format;
    private final Optional<Claim> claim;
    private final Optional<PrintStream> pipe;

    private Target(
        Path path, OutputFormat format, Optional<Claim> claim, Optional<PrintStream> pipe) {
      this.path = path;
      this.format = format;
      this.claim = claim;
      this.pipe = pipe;
    }

    static Target named(Path path, OutputFormat format) {
      return new Target(path, format, Optional.empty(), Optional.empty());
    }

    static Target fresh(Claim claim, OutputFormat format) {
      return new Target(claim.path(), format, Optional.of(claim), Optional.empty());
    }

    /** Formats go back to their beginning at the end, which a pipe cannot. */
    static Target pipe(Session session, OutputFormat format) {
      Path path = Passing.file("stdout" + format.ending());
      return new Target(path, format, Optional.empty(), Optional.of(session.console().out()));
    }

    /** Where to write: absolute, or relative to the process. */
    public Path path() {
      return path;
    }

    public OutputFormat format() {
      return format;
    }

    /** What to call it: its path, or {@code -}. */
    public String name() {
      return pipe.isPresent() ? PIPE : path.toString();
    }

    /**
     * The file is written: to the pipe with it, if that is where it goes.
     *
     * @return what is left to say on stdout
     * @throws UserError if nobody reads the pipe
     */
    public String deliver() {
      if (pipe.isEmpty()) {
        return path.toString();
      }
      PrintStream out = pipe.get();
      try {
        Files.copy(path, out);
      } catch (IOException e) {
        throw AtomicFiles.cannot("read", path, e);
      }
      if (out.checkError()) {
        throw new UserError(Fault.NO_ACCESS, "cannot write to stdout: nobody reads it");
      }
      return "";
    }

    @Override
    public void close() {
      claim.ifPresent(Claim::close);
      if (pipe.isPresent()) {
        Passing.delete(path);
      }
    }
  }

  /**
   * The place asked for, or a new name. To be closed when the file stands there, or will not.
   *
   * @param json whether stdout is for something else
   * @param name what is made, for a name of our own; any text
   * @param usual format of a name of our own
   */
  public Target choose(Session session, boolean json, String name, OutputFormat usual) {
    if (PIPE.equals(out)) {
      if (json) {
        throw new UsageError("--json and --out - both write to stdout: name a file");
      }
      return Target.pipe(session, format == null ? usual : format(format));
    }
    if (format != null) {
      throw new UsageError("--format goes with --out -: elsewhere the ending says it");
    }
    if (out == null) {
      return Target.fresh(
          Claim.first(
              n -> session.resolve(Path.of(slug(name) + (n > 1 ? "-" + n : "") + usual.ending()))),
          usual);
    }
    if (out.isBlank()) {
      throw new UsageError("--out is empty: name a file, as in --out ball.mp4");
    }
    try {
      return Target.named(session.resolve(Path.of(out)), OutputFormat.of(out));
    } catch (InvalidPathException e) {
      throw new UsageError("--out '%s' is no file name: %s".formatted(out, e.getReason()));
    } catch (UserError e) {
      throw new UsageError("--out '%s': %s".formatted(out, Wording.line(e)));
    }
  }

  /** The format of one file, by its ending without the dot. */
  private static OutputFormat format(String name) {
    String ending = "." + name.toLowerCase(Locale.ROOT);
    return Arrays.stream(OutputFormat.values())
        .filter(f -> f != OutputFormat.PNG_FOLDER && f.ending().equals(ending))
        .findFirst()
        .orElseThrow(() ->
            new UsageError("--format '%s' is not mp4, webm, gif, webp or png".formatted(name)));
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
      Path path = Path.of(file);
      if (String.valueOf(path.getFileName()).length() == ending.length()) {
        throw new UsageError("%s '%s' has no name before its ending".formatted(option, file));
      }
      return Optional.of(session.resolve(path));
    } catch (InvalidPathException e) {
      throw new UsageError("%s '%s' is no file name: %s".formatted(option, file, e.getReason()));
    }
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
