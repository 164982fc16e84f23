package io.zoetrope.app.command;

import io.zoetrope.app.cli.ModelFolders;
import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Session;
import io.zoetrope.app.cli.Units;
import io.zoetrope.app.cli.Verb;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code zoetrope models}. */
@Command(
    name = "models",
    description = {
      "Lists the models that --model can name.",
      "Looks into the folders in ZOETROPE_MODELS, ./models, and those that came with zoetrope."
    })
public final class ModelsCommand extends Verb {
  public ModelsCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    ModelFolders folders = new ModelFolders(session());
    List<String> lines = new ArrayList<>();
    List<Map<String, Object>> models = new ArrayList<>();
    for (Path model : folders.models()) {
      long bytes = ModelFolders.weights(model).stream().mapToLong(ModelsCommand::size).sum();
      String name = String.valueOf(model.getFileName());
      lines.add("%-16s %10s  %s".formatted(name, Units.bytes(bytes), model));
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("name", name);
      fields.put("path", model.toString());
      fields.put("bytes", bytes);
      models.add(fields);
    }
    if (models.isEmpty()) {
      note("no models in " + String.join(", ", names(folders.roots())));
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("models", models);
    fields.put("looked_into", names(folders.roots()));
    return Result.of(String.join("\n", lines), fields);
  }

  private static List<String> names(List<Path> paths) {
    return paths.stream().map(Path::toString).toList();
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
