package io.zoetrope.app.command;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.config.AliasLines;
import io.zoetrope.app.cli.config.Preferences;
import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.Units;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.checkpoint.hub.HubCache;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope models}. */
@Command(
    name = "models",
    description = {
      "Lists the models that --model can name, and what they take of the disk.",
      "Looks into the folders in ZOETROPE_MODELS, ./models, those that came with zoetrope, and the"
          + " cache of the Hugging Face hub, where 'pull' and other programs put what they"
          + " download.",
      "models rm NAME           deletes a model from there",
      "models alias SHORT NAME  lets --model SHORT mean NAME"
    })
public final class ModelsCommand extends Verb {
  private static final String USAGE = "say 'models', 'models rm NAME' or 'models alias SHORT NAME'";

  @Parameters(
      arity = "0..*",
      paramLabel = "ACTION",
      description = "rm NAME, or alias SHORT NAME; without it, the list.")
  private List<String> words = List.of();

  @Option(names = "--yes", description = "Delete without asking.")
  private boolean yes;

  public ModelsCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    String action = words.isEmpty() ? "list" : words.getFirst();
    if (yes && !action.equals("rm")) {
      throw new UsageError("--yes goes with 'models rm NAME'");
    }
    return switch (action + " " + words.size()) {
      case "list 0", "list 1" -> list();
      case "rm 2" -> remove(words.get(1));
      case "alias 3" -> alias(words.get(1), words.get(2));
      default -> throw new UsageError("'%s': %s".formatted(String.join(" ", words), USAGE));
    };
  }

  private Result list() {
    ModelFolders folders = new ModelFolders(session());
    List<String> lines = new ArrayList<>();
    List<Map<String, Object>> models = new ArrayList<>();
    for (Path model : folders.models()) {
      add(String.valueOf(model.getFileName()), model, model, lines, models);
    }
    HubCache hub = folders.hub();
    for (HubCache.Snapshot snapshot : hub.snapshots()) {
      // The cache also holds language models, data and what else people download.
      if (ModelFolders.isModel(snapshot.folder())
          && !ModelFolders.weights(snapshot.folder()).isEmpty()) {
        Path repo = hub.repo(snapshot.id());
        add(snapshot.id().toString(), snapshot.folder(), repo, lines, models);
      }
    }
    if (models.isEmpty()) {
      note("no models in " + String.join(", ", names(folders.roots())) + " or " + hub.root());
    }
    Map<String, String> aliases = Preferences.of(session()).aliases();
    aliases.forEach((name, target) -> lines.add("%-16s is %s".formatted(name, target)));
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("models", models);
    fields.put("aliases", aliases);
    fields.put("looked_into", names(folders.roots()));
    fields.put("hub_cache", hub.root().toString());
    return Result.of(String.join("\n", lines), fields);
  }

  /** A line for a model, whose files lie in a folder of the disk. */
  private static void add(
      String name, Path folder, Path disk, List<String> lines, List<Map<String, Object>> models) {
    long weights = ModelFolders.weights(folder).stream().mapToLong(DiskUse::resolvedSize).sum();
    long bytes = DiskUse.bytes(disk);
    lines.add("%-16s %10s  %s".formatted(name, Units.bytes(bytes), folder));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", name);
    fields.put("path", folder.toString());
    fields.put("bytes", weights);
    fields.put("disk_bytes", bytes);
    models.add(fields);
  }

  private static List<String> names(List<Path> paths) {
    return paths.stream().map(Path::toString).toList();
  }

  private Result remove(String name) {
    Path folder = new RemovableModels(session()).find(name);
    long bytes = Files.isSymbolicLink(folder) ? 0 : DiskUse.bytes(folder);
    String what = "'%s' (%s)".formatted(folder, Units.bytes(bytes));
    if (!yes && !agreed(what)) {
      throw new UserError(Fault.INVALID, what + " stays");
    }
    DiskUse.delete(folder);
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("removed", folder.toString());
    fields.put("bytes", bytes);
    return Result.of("removed " + what, fields);
  }

  private boolean agreed(String what) {
    if (!session().console().terminal()) {
      throw new UsageError("models rm asks before it deletes %s: say --yes".formatted(what));
    }
    session().console().err().print("delete %s? [y/N] ".formatted(what));
    session().console().err().flush();
    Optional<String> answer = session().console().in().line();
    return answer.map(line -> line.strip().equalsIgnoreCase("y")).orElse(false);
  }

  private Result alias(String name, String target) {
    Path file =
        Preferences.place(session())
            .orElseThrow(() ->
                new UserError(
                    Fault.NOT_FOUND, "there is no file for aliases", "set ZOETROPE_CONFIG to one"));
    AliasLines.put(file, name, target);
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("alias", name);
    fields.put("model", target);
    fields.put("file", file.toString());
    return Result.of("%s is %s now, by '%s'".formatted(name, target, file), fields);
  }
}
