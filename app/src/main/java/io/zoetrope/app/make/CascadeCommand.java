package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.ClipOptions;
import io.zoetrope.app.cli.option.PromptOption;
import io.zoetrope.app.cli.option.ShapeOptions;
import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import io.zoetrope.pipeline.cascade.Cascade;
import io.zoetrope.pipeline.cascade.CascadeRun;
import io.zoetrope.pipeline.cascade.Handed;
import io.zoetrope.pipeline.order.CascadeSpec;
import io.zoetrope.pipeline.order.EmbeddingFile;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.SourceFiles;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.TaskSpec;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope cascade}. */
@Command(
    name = "cascade",
    description = {
      "Makes a video by several models, one after another, as a file says.",
      "One model is in memory at a time. As in: zoetrope cascade cascades/twice.json \"a red ball"
          + " moves right\""
    })
public final class CascadeCommand extends MakeVerb {
  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "A cascade in JSON or YAML (docs/cascades.md).")
  private String file = "";

  @Parameters(index = "1..*", arity = "0..*", paramLabel = "PROMPT", description = "What to show.")
  private List<String> words = List.of();

  @Option(
      names = "--from",
      paramLabel = "VIDEO",
      description =
          "What the first stage that runs begins with: a video, or an embedding that was kept.")
  private @Nullable String from;

  @Option(
      names = "--stage",
      paramLabel = "N",
      converter = Values.Count.class,
      description = "Run this stage alone, from 1.")
  private @Nullable Integer stage;

  @Option(
      names = "--from-stage",
      paramLabel = "N",
      converter = Values.Count.class,
      description = "Run this stage and those behind it.")
  private @Nullable Integer fromStage;

  @Option(
      names = "--keep-stages",
      description =
          "Also keep what each stage made that is not the last, beside the video: NAME.stage-1, ..., as"
              + " folders of PNGs; what a prior made as NAME.stage-1.safetensors.")
  private boolean keep;

  @Mixin private final ClipOptions clip = new ClipOptions();

  public CascadeCommand(Session session) {
    super(session);
  }

  @Override
  protected TaskSpec task() {
    if (stage != null && fromStage != null) {
      throw new UsageError("--stage and --from-stage each say where to begin: leave one out");
    }
    Cascade cascade = SourceFiles.cascade(SourceFile.of(session(), "FILE", file));
    Optional<SourceRef> video =
        Optional.ofNullable(from).map(f -> SourceRef.of(SourceFile.of(session(), "--from", f)));
    int first = stage != null ? stage : fromStage != null ? fromStage : 1;
    int stages = cascade.stages().size();
    if (first > stages) {
      throw new UsageError("'%s' has %s stages, and no stage %s".formatted(file, stages, first));
    }
    return new CascadeSpec(cascade, first, Optional.ofNullable(stage), video);
  }

  @Override
  protected List<String> prompts() {
    return List.of(PromptOption.check("PROMPT", String.join(" ", words)));
  }

  @Override
  protected ShapeOptions shape() {
    return clip;
  }

  /** Several videos are no reason to have several models in memory. */
  @Override
  boolean keepsModels() {
    return false;
  }

  @Override
  CascadeRun.Watch stages(Path result) {
    if (!keep) {
      return CascadeRun.Watch.NONE;
    }
    return new CascadeRun.Watch() {
      @Override
      public void made(int number, Handed handed) {
        Path place = beside(result, number);
        switch (handed) {
          case Handed.Film(Video video) -> frames(place, video);
          case Handed.Embedding(Tensor e_1E) -> {
            Path file = place.resolveSibling(place.getFileName() + ".safetensors");
            EmbeddingFile.write(file, e_1E);
            note("kept '%s'".formatted(file));
          }
        }
      }

      private void frames(Path folder, Video video) {
        WriteOptions options = WriteOptions.at(video.fps());
        try (VideoWriter out =
            VideoWriter.open(
                folder, OutputFormat.PNG_FOLDER, video.width(), video.height(), options)) {
          video.frames().forEach(out::write);
          out.commit();
        }
        note("kept '%s'".formatted(folder));
      }
    };
  }

  private static Path beside(Path result, int number) {
    String name = String.valueOf(result.getFileName());
    int dot = name.lastIndexOf('.');
    return result.resolveSibling(
        "%s.stage-%s".formatted(dot > 0 ? name.substring(0, dot) : name, number));
  }

  @Override
  Map<String, @Nullable Object> fields(Made made) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>(made.details());
    fields.put("cascade", file);
    return fields;
  }
}
