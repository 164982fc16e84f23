package io.zoetrope.app.cli.option;

import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.data.Describer;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.torch.TextFiles;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What to show, as words at the end of a command line. A form for each place they may have. */
public abstract class PromptOption {
  @Option(
      names = "--prompt-file",
      paramLabel = "FILE",
      description = {
        "A video by each line of this file, in place of a PROMPT; blank lines and lines that begin"
            + " with # are passed over. With several seeds, every prompt by every seed."
      })
  private @Nullable String file;

  @Option(
      names = "--expand",
      paramLabel = "WHO",
      description = {
        "Say the prompt in more words first: 'PROGRAM ARGUMENTS', which is called with the prompt"
            + " behind them and prints more, or http://ADDRESS, which is sent it."
      })
  private @Nullable String expander;

  private @Nullable String expanded;

  abstract List<String> words();

  /**
   * The prompts of the file, each for a video of its own; none if there is no file.
   *
   * @throws UserError if it cannot be read, or has none
   */
  public final List<String> lines(Session session) {
    if (file == null) {
      return List.of();
    }
    if (!words().isEmpty()) {
      throw new UsageError("PROMPT and --prompt-file both say what to show: leave one out");
    }
    Path path = SourceFile.of(session, "--prompt-file", file);
    List<String> lines;
    try {
      lines = TextFiles.read(path).lines().map(String::strip).toList();
    } catch (CharacterCodingException e) {
      throw new UserError("--prompt-file '%s' is no text in UTF-8".formatted(file), e);
    } catch (NoSuchFileException e) {
      throw new UserError("--prompt-file: there is no file '%s'".formatted(file), e);
    } catch (IOException e) {
      throw new UserError("--prompt-file: cannot read '%s': %s".formatted(file, e.getMessage()), e);
    }
    for (int i = 0; i < lines.size(); i++) {
      check("line %s of '%s'".formatted(i + 1, file), lines.get(i));
    }
    List<String> prompts =
        lines.stream().filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
    if (prompts.isEmpty()) {
      throw new UserError("--prompt-file '%s' has no prompt: write one a line".formatted(file));
    }
    if (prompts.size() > Values.Videos.MOST) {
      throw new UserError(
          "--prompt-file '%s' has %s prompts: take at most %s"
              .formatted(file, prompts.size(), Values.Videos.MOST));
    }
    return prompts.stream().map(this::expand).toList();
  }

  private String expand(String prompt) {
    return expander == null || prompt.isBlank()
        ? prompt
        : check("what --expand says", Describer.of(expander).expand(prompt));
  }

  /** What is not said cannot be said in more words. */
  private void requireWords() {
    if (expander != null && words().isEmpty() && file == null) {
      throw new UsageError("--expand has no PROMPT to say in more words");
    }
  }

  /** The words, in more words if that is wished for; asked for once. */
  private String said() {
    requireWords();
    if (expanded == null) {
      expanded = expand(String.join(" ", words()));
    }
    return expanded;
  }

  /** What was said; may be empty. */
  public final String text() {
    return check("PROMPT", said());
  }

  /** Whether anything was. */
  public final boolean given() {
    requireWords();
    return !words().isEmpty() || file != null;
  }

  /**
   * What was said, which must be something.
   *
   * @param example a whole command line
   */
  public final String required(String example) {
    return require("PROMPT", said(), example);
  }

  /** A prompt that may be empty, stripped. */
  public static String check(String name, String text) {
    if (text.length() > Wish.LONGEST_PROMPT) {
      throw new UsageError(
          "%s is %s characters long: say it in %s"
              .formatted(name, text.length(), Wish.LONGEST_PROMPT));
    }
    return text.strip();
  }

  /**
   * A prompt that must say something.
   *
   * @param example a whole command line
   */
  public static String require(String name, String text, String example) {
    String prompt = check(name, text);
    if (prompt.isEmpty()) {
      throw new UsageError("the prompt is empty: say what to show, as in " + example);
    }
    return prompt;
  }

  /** All there is. */
  public static final class Alone extends PromptOption {
    @Parameters(
        paramLabel = "PROMPT",
        arity = "0..*",
        description = "What to show, as in \"a red ball moves right\".")
    private List<String> words = List.of();

    @Override
    List<String> words() {
      return words;
    }
  }

  /** All there is, or left out for {@code --at}. */
  public static final class OrCues extends PromptOption {
    @Parameters(
        paramLabel = "PROMPT",
        arity = "0..*",
        description = "What to show; or several one after another with --at.")
    private List<String> words = List.of();

    @Override
    List<String> words() {
      return words;
    }
  }

  /** Behind a picture. */
  public static final class AfterPicture extends PromptOption {
    @Parameters(index = "0", paramLabel = "IMAGE", description = "A picture: .png, .jpg, ...")
    private String image = "";

    @Parameters(
        index = "1..*",
        arity = "0..*",
        paramLabel = "PROMPT",
        description = "What happens to it.")
    private List<String> words = List.of();

    public SourceRef image(Session session) {
      return SourceRef.of(SourceFile.of(session, "IMAGE", image));
    }

    @Override
    List<String> words() {
      return words;
    }
  }

  /** Behind two pictures. */
  public static final class AfterPictures extends PromptOption {
    @Parameters(index = "0", paramLabel = "FIRST", description = "The picture that it begins with.")
    private String first = "";

    @Parameters(index = "1", paramLabel = "LAST", description = "The picture that it ends with.")
    private String last = "";

    @Parameters(
        index = "2..*",
        arity = "0..*",
        paramLabel = "PROMPT",
        description = "What happens in between.")
    private List<String> words = List.of();

    public SourceRef first(Session session) {
      return SourceRef.of(SourceFile.of(session, "FIRST", first));
    }

    public SourceRef last(Session session) {
      return SourceRef.of(SourceFile.of(session, "LAST", last));
    }

    @Override
    List<String> words() {
      return words;
    }
  }

  /** Behind a video. */
  public static final class AfterVideo extends PromptOption {
    @Parameters(index = "0", paramLabel = "VIDEO", description = "What to go on from.")
    private String video = "";

    @Parameters(
        index = "1..*",
        arity = "0..*",
        paramLabel = "PROMPT",
        description = "What happens next.")
    private List<String> words = List.of();

    public SourceRef video(Session session) {
      return SourceRef.of(SourceFile.of(session, "VIDEO", video));
    }

    @Override
    List<String> words() {
      return words;
    }
  }

  /** Behind a video, and needed. */
  public static final class NeededAfterVideo extends PromptOption {
    @Parameters(index = "0", paramLabel = "VIDEO", description = "What to begin with.")
    private String video = "";

    @Parameters(
        index = "1..*",
        arity = "0..*",
        paramLabel = "PROMPT",
        description = "What it shall show.")
    private List<String> words = List.of();

    public SourceRef video(Session session) {
      return SourceRef.of(SourceFile.of(session, "VIDEO", video));
    }

    @Override
    List<String> words() {
      return words;
    }
  }
}
