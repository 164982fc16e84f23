package io.zoetrope.app.cli.option;

import io.zoetrope.app.cli.terminal.Passing;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.app.cli.words.Wording;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Where a result goes. A file that is named is replaced if it exists; a name that zoetrope makes up
 * is always a new one.
 */
public final class OutOption {
  /** What stands for stdout and stdin in place of a file. */
  static final String PIPE = "-";

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = {
        "Where to: .mp4, .webm, .gif, .webp, .png or .jpg (contact sheet), or a folder (ending in /)"
            + " for numbered pictures; - for stdout. Several make the video in several formats. Of"
            + " several videos each has its seed in its name, as ball-7.mp4, or where {seed}, {n} or"
            + " {prompt} stands; in a folder there are files then. An existing file is replaced."
            + " Without it, new files in this folder, named after what is made."
      })
  private List<String> outs = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = {
        "What goes to stdout with --out -, or into a folder: mp4, webm, gif, webp, png or jpg."
      })
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
    if (outs.size() > 1) {
      throw new UsageError("--out can be given once here, not %s times".formatted(outs.size()));
    }
    if (format != null && !outs.contains(PIPE)) {
      throw new UsageError("--format goes with --out -: elsewhere the ending says it");
    }
    return outs.isEmpty()
        ? fresh(session, OutNames.slug(name), usual)
        : named(session, json, outs.getFirst(), Take.single(name, 0), usual);
  }

  /**
   * The places of one video, one for each {@code --out}.
   *
   * @param json whether stdout is for something else
   * @param usual format of a name of our own
   */
  public List<Target> places(Session session, boolean json, Take take, OutputFormat usual) {
    if (outs.isEmpty()) {
      return List.of(fresh(session, take.name(), usual));
    }
    return outs.stream().map(out -> named(session, json, out, take, usual)).toList();
  }

  /**
   * Requires that each video has places of its own.
   *
   * @throws UsageError if they would
   */
  public void requireApart(List<Take> takes, OutputFormat usual) {
    if (outs.contains(PIPE) && (outs.size() > 1 || takes.size() > 1)) {
      throw new UsageError("--out - is for one video alone: name files");
    }
    Optional<OutputFormat> files = OutNames.format(format);
    if (files.isPresent() && outs.stream().noneMatch(o -> o.equals(PIPE) || OutNames.folder(o))) {
      throw new UsageError("--format goes with --out - or a folder: elsewhere the ending says it");
    }
    Set<Path> places = new HashSet<>();
    for (Take take : takes) {
      for (String out : outs) {
        if (!out.equals(PIPE) && !out.isBlank()) {
          Path path = OutNames.place(out, take, files, usual).path();
          if (!places.add(path.normalize())) {
            throw new UsageError(
                "two videos would go to '%s': leave one out, or put {seed} and {n} into --out"
                    .formatted(path));
          }
        }
      }
    }
  }

  /** Where the sheet of several videos goes. */
  public Target sheet(Session session, Take first) {
    return outs.isEmpty()
        ? fresh(session, OutNames.slug(first.title()) + "-sheet", OutputFormat.PNG)
        : Target.named(session.resolve(OutNames.sheet(outs.getFirst())), OutputFormat.PNG);
  }

  private Target fresh(Session session, String name, OutputFormat usual) {
    if (format != null) {
      throw new UsageError("--format goes with --out - or a folder: elsewhere the ending says it");
    }
    return Target.fresh(
        Claim.first(n -> session.resolve(Path.of(name + (n > 1 ? "-" + n : "") + usual.ending()))),
        usual);
  }

  private Target named(Session session, boolean json, String out, Take take, OutputFormat usual) {
    Optional<OutputFormat> files = OutNames.format(format);
    if (out.equals(PIPE)) {
      if (json) {
        throw new UsageError("--json and --out - both write to stdout: name a file");
      }
      return Target.pipe(session, files.orElse(usual));
    }
    if (out.isBlank()) {
      throw new UsageError("--out is empty: name a file, as in --out ball.mp4");
    }
    OutNames.Place place = OutNames.place(out, take, files, usual);
    Path path = session.resolve(place.path());
    if (!place.format().folder() && !path.endsWith(Path.of(out).getFileName())) {
      folder(out, path);
    }
    return Target.named(path, place.format());
  }

  /** A folder that files go into is made, if that was typed. */
  private static void folder(String out, Path path) {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null && parent.endsWith(Path.of(out))) {
      try {
        Files.createDirectories(parent);
      } catch (IOException e) {
        throw AtomicFiles.cannot("make", parent, e);
      }
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

  /** A video or picture that another option names, in a format of one file. */
  public static Optional<Path> film(Session session, String option, @Nullable String file) {
    if (file == null) {
      return Optional.empty();
    }
    try {
      Path path = session.resolve(Path.of(file));
      if (OutputFormat.of(file).folder()) {
        throw new UsageError(
            "%s '%s' must be a file: end it in .webp, .gif, .png or .jpg".formatted(option, file));
      }
      Path parent = path.toAbsolutePath().getParent();
      if (parent != null && !Files.isDirectory(parent)) {
        throw new UsageError("%s '%s': there is no folder '%s'".formatted(option, file, parent));
      }
      return Optional.of(path);
    } catch (InvalidPathException e) {
      throw new UsageError("%s '%s' is no file name: %s".formatted(option, file, e.getReason()));
    } catch (UserError e) {
      throw new UsageError("%s '%s': %s".formatted(option, file, Wording.line(e)));
    }
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
}
