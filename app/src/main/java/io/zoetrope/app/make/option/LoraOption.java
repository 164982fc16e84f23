package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.pipeline.order.ModelRef;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** LoRAs to put into a model. */
public final class LoraOption {
  private static final Pattern SCALED = Pattern.compile("(.*):([^:/\\\\]*)");
  private static final double LARGEST = 100;

  @Option(
      names = "--lora",
      paramLabel = "FILE[:SCALE]",
      description = {
        "A LoRA to put into the model, a .safetensors file or a folder with one, and how much of"
            + " it: 1 is as it was trained (default), 0 nothing. May be given several times; they"
            + " add up."
      })
  private List<String> loras = List.of();

  /** What was asked for, in that order. */
  public List<ModelRef.Lora> choices(Session session) {
    return loras.stream().map(typed -> choice(session, typed)).toList();
  }

  private static ModelRef.Lora choice(Session session, String typed) {
    Matcher scaled = SCALED.matcher(typed);
    // A drive letter is no file with a scale.
    boolean split = scaled.matches() && scaled.group(1).length() > 1;
    String name = split ? scaled.group(1) : typed;
    double scale = split ? scale(typed, scaled.group(2)) : 1;
    if (name.isBlank()) {
      throw new UsageError("--lora '%s' names no file".formatted(typed));
    }
    try {
      return new ModelRef.Lora(session.resolve(Path.of(name)), scale);
    } catch (InvalidPathException e) {
      throw new UsageError("--lora '%s' is no file name: %s".formatted(typed, e.getReason()));
    }
  }

  private static double scale(String typed, String text) {
    try {
      double scale = Double.parseDouble(text);
      if (Math.abs(scale) <= LARGEST) {
        return scale;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new UsageError(
        "--lora '%s': '%s' is no scale: give a number from -100 to 100, as in style.safetensors:0.8"
            .formatted(typed, text));
  }
}
