package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.PromptOption;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.diffusion.PromptCues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Prompts that set in one after another. */
public final class CueOptions {
  @Option(
      names = "--at",
      arity = "2",
      paramLabel = "FRAME PROMPT",
      hideParamSyntax = true,
      description = "From this frame on, this prompt: --at 0 \"A\" --at 24 \"B\".")
  private List<String> at = new ArrayList<>();

  @Option(
      names = "--blend",
      paramLabel = "N",
      converter = Values.Overlap.class,
      defaultValue = "4",
      description = {
        "Frames that a change of prompt takes; 0 is a hard edge (default: ${DEFAULT-VALUE})."
      })
  private int blend;

  /** Whether there are any. */
  public boolean given() {
    return !at.isEmpty();
  }

  /**
   * Their words, in order.
   *
   * @param example a whole command line
   */
  public List<String> prompts(String example) {
    List<String> prompts = new ArrayList<>();
    for (int i = 1; i < at.size(); i += 2) {
      prompts.add(PromptOption.require("--at", at.get(i), example));
    }
    return prompts;
  }

  /** What {@code --json} tells of them. */
  public Map<String, @Nullable Object> fields() {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put(
        "prompts",
        IntStream.range(0, at.size() / 2).mapToObj(i -> at.get(2 * i + 1).strip()).toList());
    fields.put("at", cues().starts());
    fields.put("blend", cues().blend());
    return fields;
  }

  /**
   * When they set in.
   *
   * @throws UsageError if they are not in order
   */
  public PromptCues cues() {
    List<Long> starts = new ArrayList<>();
    for (int i = 0; i < at.size(); i += 2) {
      starts.add(frame(at.get(i)));
    }
    try {
      return new PromptCues(starts, starts.size() == 1 ? 0 : blend);
    } catch (IllegalArgumentException e) {
      throw new UsageError("--at: " + e.getMessage());
    }
  }

  private static long frame(String text) {
    try {
      long frame = Long.parseLong(text.strip());
      if (frame >= 0) {
        return frame;
      }
    } catch (NumberFormatException e) {
      // Falls through to the one message.
    }
    throw new UsageError(
        "--at: '%s' is no number of a frame: give it before its prompt, as in --at 24 \"B\""
            .formatted(text));
  }
}
