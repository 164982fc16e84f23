package io.zoetrope.app.plan;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.option.OutOption;
import io.zoetrope.app.cli.option.PlanOption;
import io.zoetrope.app.cli.option.PromptOption;
import io.zoetrope.app.cli.option.RunOptions;
import io.zoetrope.app.cli.option.SamplingOptions;
import io.zoetrope.app.cli.option.SeedOption;
import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.media.PlanPicture;
import io.zoetrope.media.Png;
import io.zoetrope.media.Source;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.order.PlanTask;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code zoetrope plan}. */
@Command(
    name = "plan",
    description = {
      "Shows a task as its timestep plan: frames across, steps down, darker is noisier.",
      "What a task is lies all in this table; the sampler only walks down it. With --gif it is"
          + " walked, as in: zoetrope plan animate \"a red ball moves right\" --gif animate.gif"
    })
public final class PlanCommand extends Verb {
  private static final List<String> FOR_FILMS =
      List.of(
          "--source",
          "--seed",
          "--model",
          "--tokenizer",
          "--guidance",
          "--negative",
          "--sampler",
          "--device",
          "--dtype");

  private static final int USUAL_STEPS = 12;

  @Parameters(
      index = "0",
      paramLabel = "TASK",
      description = {
        "generate, animate, interpolate, loop, extend, restyle, refine, travel, roll, pyramid or"
            + " resampling; or a .json file with a plan."
      })
  private String task = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "PROMPT",
      description = {
        "For --gif: what to show. travel takes two, in quotes; restyle may: of the source and of"
            + " the result."
      })
  private List<String> words = List.of();

  @Option(
      names = "--frames",
      paramLabel = "N",
      converter = Values.Frames.class,
      defaultValue = "16",
      description = "Number of frames (default: ${DEFAULT-VALUE}).")
  private int frames;

  @Option(
      names = "--given",
      paramLabel = "N",
      converter = Values.Frames.class,
      defaultValue = "4",
      description =
          "extend, travel: frames shared with the clip before (default: ${DEFAULT-VALUE}).")
  private int given;

  @Option(
      names = "--strength",
      paramLabel = "S",
      converter = Values.Strength.class,
      description = "restyle, refine: how much noise the given clip gets (default: 0.6, 0.4).")
  private @Nullable Double strength;

  @Option(
      names = "--delay",
      paramLabel = "N",
      converter = Values.Steps.class,
      defaultValue = "1",
      description = "pyramid: steps from frame to frame (default: ${DEFAULT-VALUE}).")
  private int delay;

  @Option(
      names = "--window",
      paramLabel = "N",
      converter = Values.Frames.class,
      defaultValue = "8",
      description = "roll: frames in the window (default: ${DEFAULT-VALUE}).")
  private int window;

  @Option(
      names = "--jump",
      paramLabel = "N",
      converter = Values.Steps.class,
      defaultValue = "3",
      description = "resampling: steps that are gone back (default: ${DEFAULT-VALUE}).")
  private int jump;

  @Option(names = "--ascii", description = "Draw it as text: what happens if no file is named.")
  private boolean ascii;

  @Option(names = "--plain", description = "Draw with letters of 7 bits only.")
  private boolean plain;

  @Option(names = "--png", paramLabel = "FILE", description = "Draw it as a picture.")
  private @Nullable String png;

  @Option(
      names = "--gif",
      paramLabel = "FILE",
      description =
          "Sample by it and show its levels, and what each frame looks like, step by step.")
  private @Nullable String gif;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "Write it as JSON, to be changed and used with --plan.")
  private @Nullable String save;

  @Option(
      names = "--source",
      paramLabel = "FILE",
      description =
          "For --gif: the video or picture that is given (default: one made from PROMPT).")
  private @Nullable String source;

  @Mixin private final SeedOption seed = new SeedOption();
  @Mixin private final SamplingOptions sampling = new SamplingOptions();
  @Mixin private final RunOptions run = new RunOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  public PlanCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    Optional<Path> picture = OutOption.file(session(), "--png", png, ".png");
    Optional<Path> film = OutOption.file(session(), "--gif", gif, ".gif");
    Optional<Path> json = OutOption.file(session(), "--save", save, ".json");
    if (film.isEmpty() && !words.isEmpty()) {
      throw new UsageError(
          "'%s' is for --gif, which draws what is sampled: name a .gif, or leave it out"
              .formatted(words.getFirst()));
    }
    if (film.isEmpty()) {
      requireNothingToSample();
    }
    TimestepPlan plan = plan(PlanTask.flow(steps()), LatentGrid.ofPictures(3, 1));
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("task", task);
    fields.put("steps", plan.steps());
    fields.put("frames", plan.frames());
    List<String> made = new ArrayList<>();
    if (film.isPresent()) {
      plan = film(film.get(), plan);
      made.add(film.get().toString());
      fields.put("gif", film.get().toString());
    }
    if (picture.isPresent()) {
      Png.write(picture.get(), picture(plan, title(), names(plan)).draw());
      made.add(picture.get().toString());
      fields.put("png", picture.get().toString());
    }
    if (json.isPresent()) {
      AtomicFiles.text(json.get(), plan.toJson() + "\n");
      made.add(json.get().toString());
      fields.put("saved", json.get().toString());
    }
    fields.put("plan", Json.MAPPER.readTree(plan.toJson()));
    if (ascii || plain || made.isEmpty()) {
      made.addFirst((plain ? plan.toPlainAscii() : plan.toAscii()).stripTrailing());
    }
    return Result.of(String.join("\n", made), fields);
  }

  /** What is about sampling has nothing to do where nothing is sampled. */
  private void requireNothingToSample() {
    ParseResult typed = spec.commandLine().getParseResult();
    FOR_FILMS.stream()
        .filter(typed::hasMatchedOption)
        .findFirst()
        .ifPresent(option -> {
          throw new UsageError(
              "%s is for --gif, which samples: name a .gif, or leave it out".formatted(option));
        });
  }

  private TimestepPlan film(Path file, TimestepPlan drawn) {
    List<String> prompts = prompts(drawn);
    Optional<Path> from =
        Optional.ofNullable(source).map(s -> SourceFile.of(session(), "--source", s));
    from.ifPresent(Source::check);
    PlanFilm film = new PlanFilm(session(), output(), sampling, run, seed.or(0), this::note);
    return film.make(
        file, task.equals(PlanTask.loop.name()), title(), prompts, from, steps(), this::plan);
  }

  /** The texts: of the source if it is to be made, and of the result. */
  private List<String> prompts(TimestepPlan plan) {
    String joined =
        PromptOption.require(
            "PROMPT",
            String.join(" ", words),
            "zoetrope plan animate \"a red ball moves right\" --gif animate.gif");
    int wanted = plan.prompts().prompts();
    boolean two = words.size() == 2 && (wanted == 2 || task.equals(PlanTask.restyle.name()));
    if (wanted > 1 && words.size() != wanted) {
      throw new UsageError(
          "this plan blends %s prompts: give as many, each in quotes".formatted(wanted));
    }
    return wanted > 1 || two ? words.stream().map(String::strip).toList() : List.of(joined);
  }

  private List<String> names(TimestepPlan plan) {
    int wanted = plan.prompts().prompts();
    return words.size() == wanted
        ? words
        : IntStream.range(0, wanted).mapToObj(p -> String.valueOf((char) ('A' + p % 26))).toList();
  }

  private String title() {
    return isFile() ? task : task + ": " + task().words();
  }

  /** A plan as a picture. */
  static PlanPicture picture(TimestepPlan plan, String title, List<String> prompts) {
    return new PlanPicture(
        title, plan.levels(), plan.givenFrames(), prompts, plan.prompts().weights());
  }

  private boolean isFile() {
    return task.endsWith(".json");
  }

  private PlanTask task() {
    return PlanTask.tryParse(task)
        .orElseThrow(() ->
            new UsageError(
                "'%s' is no task: name %s or a .json file with a plan"
                    .formatted(task, String.join(", ", PlanTask.NAMES))));
  }

  private int steps() {
    return sampling.steps().orElse(USUAL_STEPS);
  }

  private TimestepPlan plan(Descent descent, LatentGrid grid) {
    if (isFile()) {
      return PlanOption.read(session(), task);
    }
    return task()
        .plan(
            new PlanTask.Shape(frames, given, Optional.ofNullable(strength), delay, window, jump),
            descent,
            grid);
  }
}
