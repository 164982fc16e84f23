package io.zoetrope.app.command;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.Units;
import io.zoetrope.checkpoint.hub.HubCache;
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
      "Looks into the folders in ZOETROPE_MODELS, ./models, those that came with zoetrope, and the"
          + " cache of the Hugging Face hub, where 'pull' and other programs put what they"
          + " download."
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
      add(String.valueOf(model.getFileName()), model, lines, models);
    }
    HubCache hub = folders.hub();
    for (HubCache.Snapshot snapshot : hub.snapshots()) {
      // The cache also holds language models, data and what else people download.
      if (ModelFolders.isModel(snapshot.folder())
          && !ModelFolders.weights(snapshot.folder()).isEmpty()) {
        add(snapshot.id().toString(), snapshot.folder(), lines, models);
      }
    }
    if (models.isEmpty()) {
      note("no models in " + String.join(", ", names(folders.roots())) + " or " + hub.root());
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("models", models);
    fields.put("looked_into", names(folders.roots()));
    fields.put("hub_cache", hub.root().toString());
    return Result.of(String.join("\n", lines), fields);
  }

  private static void add(
      String name, Path folder, List<String> lines, List<Map<String, Object>> models) {
    long bytes = ModelFolders.weights(folder).stream().mapToLong(ModelsCommand::size).sum();
    lines.add("%-16s %10s  %s".formatted(name, Units.bytes(bytes), folder));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", name);
    fields.put("path", folder.toString());
    fields.put("bytes", bytes);
    models.add(fields);
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
