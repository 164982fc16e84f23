package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.order.ModelRef;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** LoRAs to put into a model. */
public final class LoraOption {
  private static final Pattern SCALED = Pattern.compile("(.*):([^:/\\\\]*)");
  private static final Pattern HUB = Pattern.compile("([\\w.-]+/[\\w.@+-]+)(?:/(.+))?");
  private static final double LARGEST = 100;

  @Option(
      names = "--lora",
      paramLabel = "FILE[:SCALE]",
      description = {
        "A LoRA to put into the model, a .safetensors file or a folder with one, or ORG/NAME or"
            + " ORG/NAME/FILE after 'zoetrope pull', and how much of it: 1 is as it was trained"
            + " (default), 0 nothing. May be given several times; they add up."
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
      return new ModelRef.Lora(find(session, name), scale);
    } catch (InvalidPathException e) {
      throw new UsageError("--lora '%s' is no file name: %s".formatted(typed, e.getReason()));
    }
  }

  /** A file or folder here; else one of the hub's cache. */
  private static Path find(Session session, String name) {
    Path direct = session.resolve(Path.of(name));
    Matcher hub = HUB.matcher(name);
    if (Files.exists(direct) || !hub.matches() || hub.group(1).endsWith(".safetensors")) {
      return direct;
    }
    Optional<Path> folder = new ModelFolders(session).cached(hub.group(1));
    if (folder.isEmpty()) {
      throw new UserError(
          "--lora: there is no '%s', and no such model was downloaded: 'zoetrope pull %s' does that"
              .formatted(name, hub.group(1)));
    }
    String file = hub.group(2);
    if (file == null) {
      return folder.get();
    }
    Path inside = folder.get().resolve(file).normalize();
    if (!inside.startsWith(folder.get()) || !Files.exists(inside)) {
      throw new UserError(
          "--lora: %s has no file '%s' here: 'zoetrope pull %s --include %s' fetches it, if it has"
              .formatted(hub.group(1), file, hub.group(1), file));
    }
    return inside;
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
