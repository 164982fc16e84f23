package io.zoetrope.app.command;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.option.ClipOptions;
import io.zoetrope.app.cli.option.OutOption;
import io.zoetrope.app.cli.option.OutOption.Target;
import io.zoetrope.app.cli.option.SeedOption;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.data.Clip;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.media.ContactSheet;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.pipeline.model.Size;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code zoetrope toybox}. */
@Command(
    name = "toybox",
    description = {
      "Makes sample clips of the procedural toy world that the bundled model was trained on.",
      "To a .png: a contact sheet with captions (the default). To any other file: one clip. To a"
          + " folder: one .mp4 for each clip, and captions.jsonl."
    })
public final class ToyboxCommand extends Verb {
  private static final int SHEET_COLUMNS = 8;

  /** Which combinations of colour, shape and motion to show. */
  enum Which {
    train,
    held_out
  }

  @Option(
      names = {"-n", "--count"},
      paramLabel = "N",
      converter = Values.Count.class,
      description = "How many clips (default: 8, of a single video 1).")
  private @Nullable Integer count;

  @Option(
      names = "--first",
      paramLabel = "INDEX",
      converter = Values.Seed.class,
      defaultValue = "0",
      description = "Index of the first clip (default: ${DEFAULT-VALUE}).")
  private long first;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      defaultValue = "train",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Which split = Which.train;

  @Mixin private final ClipOptions clip = new ClipOptions();
  @Mixin private final SeedOption seed = new SeedOption();
  @Mixin private final OutOption out = new OutOption();

  public ToyboxCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    long seedValue = seed.or(0);
    Size size = clip.size().orElse(new Size(128, 128));
    ToyboxDataset data =
        new ToyboxDataset(
            seedValue,
            split == Which.train ? Split.TRAIN : Split.HELD_OUT,
            size.width(),
            size.height(),
            clip.frames().orElse(16),
            clip.fps().orElse(8));
    try (Target target =
        out.choose(session(), output().json(), "toybox-" + seedValue, OutputFormat.PNG)) {
      return run(data, target, seedValue);
    }
  }

  private Result run(ToyboxDataset data, Target target, long seedValue) {
    boolean single = !target.format().picture() && !folder(target);
    int clips = count == null ? (single ? 1 : 8) : count;
    if (single && clips > 1) {
      throw new UsageError(
          "%s clips do not fit in one %s: name a .png for a contact sheet, or a folder"
              .formatted(clips, target.format().ending()));
    }
    if (first > Long.MAX_VALUE - clips) {
      throw new UsageError("--first %s is too large for %s clips".formatted(first, clips));
    }
    List<Map<String, Object>> made =
        folder(target) ? folder(data, target.path(), clips) : file(data, target, clips);
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("out", target.name());
    fields.put("seed", seedValue);
    fields.put("split", split.name().toLowerCase(Locale.ROOT));
    fields.put("clips", made);
    return Result.of(target.deliver(), fields);
  }

  private static boolean folder(Target target) {
    return target.format().folder();
  }

  /** One file with everything. */
  private List<Map<String, Object>> file(ToyboxDataset data, Target target, int clips) {
    List<ContactSheet.Row> rows = new ArrayList<>();
    List<Map<String, Object>> made = new ArrayList<>();
    try (StepProgress progress = new StepProgress(session(), output(), "drawing")) {
      for (int i = 0; i < clips; i++) {
        session().cancellation().check();
        Clip next = data.get(first + i);
        rows.add(new ContactSheet.Row(next.video(), next.caption()));
        made.add(fields(first + i, Optional.empty(), next.caption()));
        progress.update(i + 1, clips);
      }
    }
    if (target.format().picture()) {
      Video sheet = new Video(List.of(ContactSheet.of(rows, SHEET_COLUMNS)), 1);
      VideoWriter.write(target.path(), sheet);
    } else {
      VideoWriter.write(target.path(), rows.getFirst().video());
    }
    return made;
  }

  /** A folder that the trainer reads as a data set. */
  private List<Map<String, Object>> folder(ToyboxDataset data, Path folder, int clips) {
    List<Map<String, Object>> made = new ArrayList<>();
    try (StepProgress progress = new StepProgress(session(), output(), "drawing")) {
      CaptionedFolder.write(
          folder,
          to -> {
            for (int i = 0; i < clips; i++) {
              session().cancellation().check();
              Clip next = data.get(first + i);
              String file = to.add(String.format(Locale.ROOT, "%06d.mp4", first + i), next);
              made.add(fields(first + i, Optional.of(file), next.caption()));
              progress.update(i + 1, clips);
            }
          });
    }
    return made;
  }

  private static Map<String, Object> fields(long index, Optional<String> file, String caption) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("index", index);
    file.ifPresent(name -> fields.put("file", name));
    fields.put("caption", caption);
    return fields;
  }
}
