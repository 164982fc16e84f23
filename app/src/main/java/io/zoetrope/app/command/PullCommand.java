package io.zoetrope.app.command;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.Units;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.app.cli.words.Wording;
import io.zoetrope.checkpoint.hub.HubSettings;
import io.zoetrope.checkpoint.hub.ModelId;
import io.zoetrope.checkpoint.hub.Pull;
import io.zoetrope.checkpoint.hub.PullPlan;
import io.zoetrope.checkpoint.hub.PullRequest;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.Families;
import io.zoetrope.progress.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope pull}. */
@Command(
    name = "pull",
    description = {
      "Downloads a model from the Hugging Face hub.",
      "It goes into the cache that other programs share (HF_HOME, HF_HUB_CACHE); what is there is"
          + " not fetched again, and after Ctrl-C the same command goes on. Without --include,"
          + " takes what zoetrope loads: safetensors, configs and vocabularies, each weight once."
          + " HF_TOKEN is for private and gated models, HF_ENDPOINT for a mirror."
    })
public final class PullCommand extends Verb {
  @Parameters(paramLabel = "ID", description = "ORG/NAME, or ORG/NAME@REVISION.")
  private String id = "";

  @Option(
      names = "--include",
      paramLabel = "GLOB",
      description = "Take the files that match, and no others. Repeatable.")
  private List<String> include = List.of();

  @Option(
      names = "--exclude",
      paramLabel = "GLOB",
      description = "Leave out files that match. Repeatable.")
  private List<String> exclude = List.of();

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description = "Prefer this variant of weights, for instance fp16.")
  private @Nullable String variant;

  @Option(
      names = {"-j", "--jobs"},
      paramLabel = "N",
      converter = Values.Jobs.class,
      description = "Files at once (default: 4).")
  private int jobs = PullRequest.PARALLEL;

  @Option(names = "--dry-run", description = "Only say what would be downloaded.")
  private boolean dryRun;

  public PullCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    PullRequest request = request();
    HubSettings settings = HubSettings.of(session().environment(), session().workingFolder());
    long start = System.nanoTime();
    PullProgress progress = new PullProgress(session(), output());
    try (progress;
        Pull pull = new Pull(settings, request, new Told(progress))) {
      session().cancellation().check();
      PullPlan plan = dryRun ? pull.plan() : pull.run();
      Map<String, @Nullable Object> fields = fields(plan);
      fields.put("downloaded_bytes", progress.fetched());
      fields.put("seconds", (System.nanoTime() - start) / 1e9);
      if (dryRun) {
        return Result.of(String.join("\n", listing(plan)), fields);
      }
      return Result.of(plan.folder().toString(), fields);
    } catch (CancellationException e) {
      throw new CancellationException(
          "stopped: %s, the same command goes on".formatted(progress.state()));
    }
  }

  private PullRequest request() {
    if (variant != null && !include.isEmpty()) {
      throw new UsageError("--variant and --include each choose files: give one of them");
    }
    if (variant != null && !variant.matches("[A-Za-z0-9_]{1,20}")) {
      throw new UsageError("--variant '%s' is no name like fp16".formatted(variant));
    }
    if (include.stream().anyMatch(String::isBlank) || exclude.stream().anyMatch(String::isBlank)) {
      throw new UsageError("a pattern is empty: give one like '*.json'");
    }
    ModelId model;
    try {
      model = ModelId.parse(id);
    } catch (UserError e) {
      throw new UsageError(Wording.line(e));
    }
    return new PullRequest(model, include, exclude, Optional.ofNullable(variant), jobs);
  }

  /** Says what was chosen as soon as it is known. */
  private final class Told implements io.zoetrope.checkpoint.hub.PullListener {
    private final PullProgress progress;

    Told(PullProgress progress) {
      this.progress = progress;
    }

    @Override
    public boolean asksKind() {
      return true;
    }

    @Override
    public void kind(ModelId id, String kind) {
      try {
        Families.ALL.requireRuns(id, kind);
      } catch (UserError e) {
        throw new UserError(
            e.fault(),
            e.reason(),
            Mend.NONE.and(Mend.Knob.INCLUDED, "'*'").and(" takes it nevertheless"));
      }
    }

    @Override
    public void planned(PullPlan plan) {
      summary(plan).forEach(PullCommand.this::note);
      progress.planned(plan);
    }

    @Override
    public void update(Report report) {
      progress.update(report);
    }

    @Override
    public void note(String line) {
      progress.note(line);
    }

    @Override
    public boolean cancelled() {
      return progress.cancelled();
    }
  }

  private static List<String> summary(PullPlan plan) {
    List<String> lines = new ArrayList<>();
    long missing = plan.bytes() - plan.there();
    String state =
        missing == 0
            ? ", all there"
            : missing == plan.bytes()
                ? ""
                : ", of which %s are missing".formatted(Units.bytes(missing));
    lines.add(
        "%s at %s: %s files, %s%s"
            .formatted(
                plan.id(),
                plan.commit().substring(0, 8),
                plan.files().size(),
                Units.bytes(plan.bytes()),
                state));
    lines.addAll(plan.remarks());
    Map<String, long[]> reasons = new TreeMap<>();
    for (PullPlan.LeftOut file : plan.leftOut()) {
      long[] count = reasons.computeIfAbsent(file.why(), why -> new long[2]);
      count[0]++;
      count[1] += file.bytes().orElse(0);
    }
    reasons.forEach((why, count) ->
        lines.add("left out %s: %s (%s)".formatted(count[0], why, Units.bytes(count[1]))));
    return lines;
  }

  private static List<String> listing(PullPlan plan) {
    List<String> lines = new ArrayList<>();
    for (PullPlan.Item file : plan.files()) {
      String size = file.bytes().isPresent() ? Units.bytes(file.bytes().getAsLong()) : "?";
      boolean there = file.bytes().isPresent() && file.there() == file.bytes().getAsLong();
      lines.add("%10s  %s%s".formatted(size, file.path(), there ? "  (there)" : ""));
    }
    lines.addAll(summary(plan));
    return lines;
  }

  private static Map<String, @Nullable Object> fields(PullPlan plan) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("id", plan.id().repo());
    fields.put("revision", plan.id().revision());
    fields.put("commit", plan.commit());
    fields.put("path", plan.folder().toString());
    fields.put("bytes", plan.bytes());
    List<Map<String, @Nullable Object>> files = new ArrayList<>();
    for (PullPlan.Item file : plan.files()) {
      Map<String, @Nullable Object> entry = entry(file.path(), file.bytes());
      entry.put("bytes_before", file.there());
      files.add(entry);
    }
    fields.put("files", files);
    List<Map<String, @Nullable Object>> leftOut = new ArrayList<>();
    for (PullPlan.LeftOut file : plan.leftOut()) {
      Map<String, @Nullable Object> entry = entry(file.path(), file.bytes());
      entry.put("why", file.why());
      leftOut.add(entry);
    }
    fields.put("left_out", leftOut);
    return fields;
  }

  private static Map<String, @Nullable Object> entry(String path, OptionalLong bytes) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("path", path);
    entry.put("bytes", bytes.isPresent() ? bytes.getAsLong() : null);
    return entry;
  }
}
