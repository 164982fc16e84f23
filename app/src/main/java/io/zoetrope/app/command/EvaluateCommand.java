package io.zoetrope.app.command;

import io.zoetrope.app.cli.ModelFolders;
import io.zoetrope.app.cli.OutOption;
import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.RunOptions;
import io.zoetrope.app.cli.SamplingOptions;
import io.zoetrope.app.cli.SeedOption;
import io.zoetrope.app.cli.Session;
import io.zoetrope.app.cli.StepProgress;
import io.zoetrope.app.cli.Values;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.Analysis;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxAnalyser;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.data.toybox.ToyboxPrompts;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.eval.PromptAdherence;
import io.zoetrope.media.ContactSheet;
import io.zoetrope.media.Png;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.VideoModel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code zoetrope evaluate}. */
@Command(
    name = "evaluate",
    description = {
      "Measures how well a model does what prompts say, on Toybox prompts that it never saw.",
      "An analyser looks at every video; --truth measures the analyser itself on rendered clips."
    })
public final class EvaluateCommand extends Verb {
  private static final int SHEET_ROWS = 24;

  @Option(
      names = {"-n", "--count"},
      paramLabel = "N",
      converter = Values.Count.class,
      defaultValue = "200",
      description = "How many prompts (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      defaultValue = "held_out",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private ToyboxCommand.Which split = ToyboxCommand.Which.held_out;

  @Option(names = "--truth", description = "Look at rendered clips instead of generated ones.")
  private boolean truth;

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = Values.Batch.class,
      defaultValue = "4",
      description = "Videos sampled at once (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--sheet",
      paramLabel = "FILE",
      description = "Also write a contact sheet of the first 24 videos to this .png.")
  private @Nullable String sheet;

  @Option(
      names = "--sheet-columns",
      paramLabel = "N",
      converter = Values.Batch.class,
      defaultValue = "8",
      description = "Frames of each video on the sheet (default: ${DEFAULT-VALUE}).")
  private int sheetColumns;

  @Mixin private final SeedOption seed = new SeedOption();
  @Mixin private final SamplingOptions sampling = new SamplingOptions();
  @Mixin private final RunOptions run = new RunOptions();

  public EvaluateCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    Optional<Path> sheetFile = OutOption.picture(session(), "--sheet", sheet);
    long seedValue = seed.or(0);
    Split which = split == ToyboxCommand.Which.train ? Split.TRAIN : Split.HELD_OUT;
    EvaluationTally tally = new EvaluationTally(SHEET_ROWS);
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("model", truth ? "truth" : sampling.model());
    fields.put("split", split.name());
    fields.put("seed", seedValue);
    long start = System.nanoTime();
    try (StepProgress progress = new StepProgress(session(), output(), "evaluating")) {
      if (truth) {
        render(new ToyboxDataset(seedValue, which), tally, progress);
      } else {
        List<Prompt> prompts =
            which == Split.TRAIN
                ? ToyboxPrompts.trained(count, seedValue)
                : ToyboxPrompts.heldOut(count, seedValue);
        PromptAdherence found = generate(prompts, seedValue, tally, progress);
        fields.put("by_colour", found.byColour());
        fields.put("by_shape", found.byShape());
        fields.put("by_motion", found.byMotion());
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    fields.put("seconds", Math.round(seconds * 10) / 10.0);
    if (sheetFile.isPresent()) {
      Png.write(sheetFile.get(), ContactSheet.of(tally.rows(), sheetColumns));
      note("wrote " + sheetFile.get());
    }
    fields.putAll(tally.fields());
    return Result.of(tally.text(), fields);
  }

  private void render(ToyboxDataset data, EvaluationTally tally, StepProgress progress) {
    for (int i = 0; i < count; i++) {
      session().cancellation().check();
      Video video = data.get(i).video();
      Analysis seen = ToyboxAnalyser.analyse(video);
      tally.add(data.caption(i), Adherence.of(seen, data.scene(i)), seen, video);
      progress.update(i + 1, count, tally.words());
    }
  }

  private PromptAdherence generate(
      List<Prompt> prompts, long firstSeed, EvaluationTally tally, StepProgress progress) {
    Path folder = new ModelFolders(session()).find(sampling.model());
    try (VideoModel model = VideoModel.load(folder, run.dtype())) {
      List<String> texts = prompts.stream().map(Prompt::text).toList();
      BatchSampling maker = new BatchSampling(model, sampling, texts, firstSeed, batch, progress);
      return PromptAdherence.measure(
          prompts,
          maker::video,
          (result, video) -> {
            tally.add(result.prompt().text(), result.adherence(), result.seen(), video);
            progress.update(tally.size(), count, tally.words());
            session().cancellation().check();
          });
    }
  }
}
