package io.zoetrope.app.command;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.option.CurationOptions;
import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.curation.Curation;
import io.zoetrope.curation.Export;
import io.zoetrope.curation.Report;
import io.zoetrope.curation.look.Looker;
import io.zoetrope.curation.look.LookerProcess;
import io.zoetrope.data.Describer;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope curate}. */
@Command(
    name = "curate",
    description = {
      "Chooses clips to train on: finds cuts, measures the clips between them, leaves out copies and"
          + " what thresholds refuse, and writes the rest as a folder (docs/curation.md).",
      "What was measured stays in DIR/tables: a second run computes only what is missing, and other"
          + " thresholds cost nothing."
    })
public final class CurateCommand extends Verb {
  @Parameters(paramLabel = "FOLDER", description = "Videos, also in sub-folders.")
  private String folder = "";

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      required = true,
      description = "Where tables, report.json and the clips go.")
  private String out = "";

  @Mixin private final CurationOptions options = new CurationOptions();

  @Option(
      names = "--by",
      paramLabel = "WHO",
      description =
          "Captions clips that have none: 'PROGRAM ARGUMENTS' or http://ADDRESS, as caption does.")
  private @Nullable String by;

  @Option(
      names = {"-j", "--jobs"},
      paramLabel = "N",
      converter = Values.Jobs.class,
      description = "Videos looked at at once, each in a process of its own (default: 2).")
  private int jobs = 2;

  @Option(names = "--dry-run", description = "Only say what would stay.")
  private boolean dryRun;

  public CurateCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    Path source = SourceFile.of(session(), "FOLDER", folder).normalize();
    Path target = SourceFile.of(session(), "--out", out).normalize();
    if (source.startsWith(target)) {
      throw new UsageError("--out '%s' holds the folder itself: name another".formatted(out));
    }
    Optional<Describer> describer = Optional.ofNullable(by).map(Describer::of);
    LookerProcess.Settings looking = options.looking(session());
    Supplier<Looker> lookers = () -> new LookerProcess(looking);
    Optional<Export.Result> exported = Optional.empty();
    Report report;
    try (StepProgress progress = new StepProgress(session(), output(), "looking")) {
      Curation.Watcher watcher =
          (stage, done, all) -> {
            session().cancellation().check();
            synchronized (progress) {
              progress.update(done, all);
            }
          };
      report =
          new Curation(
                  source,
                  target,
                  options.measures(session()),
                  options.settings(),
                  lookers,
                  jobs,
                  watcher)
              .run();
      if (!dryRun && !options.sampled()) {
        exported =
            Optional.of(
                Export.folder(
                    source, target.resolve("clips"), report, describer, lookers, jobs, watcher));
      }
    }
    return result(target, report, exported);
  }

  private Result result(Path target, Report report, Optional<Export.Result> exported) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("out", target.toString());
    fields.putAll(report.fields());
    StringBuilder text = new StringBuilder(report.text());
    exported.ifPresent(e -> {
      fields.put("exported", e.clips());
      fields.put("written", e.written());
      fields.put("uncaptioned", e.uncaptioned());
      fields.put("problems", e.problems());
      text.append(
          "; %s in %s, %s written now".formatted(e.clips(), target.resolve("clips"), e.written()));
      if (e.uncaptioned() > 0) {
        note("%s have no caption, and a training wants one: --by".formatted(e.uncaptioned()));
      }
      e.problems().forEach(this::note);
    });
    AtomicFiles.text(
        target.resolve("report.json"),
        Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(fields) + "\n");
    return Result.of(text.toString(), fields);
  }
}
