package io.zoetrope.app.make;

import io.zoetrope.app.cli.JoinOptions;
import io.zoetrope.app.cli.ModelFolders;
import io.zoetrope.app.cli.Session;
import io.zoetrope.app.cli.Size;
import io.zoetrope.app.cli.SourceFile;
import io.zoetrope.app.cli.SourceOptions;
import io.zoetrope.app.cli.UsageError;
import io.zoetrope.app.cli.Values;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Source;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoInfo;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Refine;
import io.zoetrope.torch.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope refine}. */
@Command(
    name = "refine",
    description = {
      "Makes a video larger and finer.",
      "Enlarges it, noises it a little and comes down again. Begins with a video, or with words and"
          + " makes the small video itself, as in: zoetrope refine \"a red ball moves right\""
    })
public final class RefineCommand extends MakeVerb {
  private static final int USUAL_MOST = 256;

  /** Where a small video is enlarged. */
  enum Where {
    pixels,
    latents
  }

  @Parameters(
      paramLabel = "VIDEO|PROMPT",
      arity = "1..*",
      description = "A video and, if you like, what it shows; or only what to show.")
  private List<String> words = List.of();

  @Option(
      names = "--scale",
      paramLabel = "X",
      converter = Values.Scale.class,
      description = "How many times as large (default: 2).")
  private @Nullable Double scale;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      converter = Size.Converter.class,
      description = "Size of the result in place of --scale, both sides even.")
  private @Nullable Size size;

  @Option(
      names = "--strength",
      paramLabel = "S",
      converter = Values.Strength.class,
      defaultValue = "0.4",
      description = "How much is made again, 0.01 to 1 (default: ${DEFAULT-VALUE}).")
  private double strength;

  @Option(
      names = "--upscale",
      paramLabel = "WHERE",
      defaultValue = "pixels",
      description = "Enlarge ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Where upscale = Where.pixels;

  @Option(
      names = "--refiner",
      paramLabel = "MODEL",
      description =
          "The model for what comes after enlarging (default: the one that the first names, else"
              + " the first itself).")
  private @Nullable String refiner;

  @Option(
      names = "--frames",
      paramLabel = "N",
      converter = Values.Length.class,
      description = {
        "Take no more of a video than so many frames (default: 256); from words, how many to make."
      })
  private @Nullable Integer frames;

  @Option(
      names = "--fps",
      paramLabel = "RATE",
      converter = Values.Fps.class,
      description = "Frames per second.")
  private @Nullable Double fps;

  @Mixin private final SourceOptions source = new SourceOptions();
  @Mixin private final JoinOptions join = new JoinOptions();

  public RefineCommand(Session session) {
    super(session);
  }

  @Override
  Order order() {
    if (scale != null && size != null) {
      throw new UsageError("--scale and --size both say how large: leave one out");
    }
    String first = words.getFirst();
    if (!SourceFile.looksLikeOne(session(), first)) {
      return new Making(
          Prompts.require("PROMPT", joined(words), "zoetrope refine \"a red ball moves right\""),
          Optional.empty());
    }
    Path path = SourceFile.of(session(), "VIDEO", first);
    String prompt = Prompts.check("PROMPT", joined(words.subList(1, words.size())));
    return new Making(prompt, Optional.of(new Given(path, Source.check(path))));
  }

  /** The video that it begins with. */
  private record Given(Path path, VideoInfo info) {}

  private final class Making implements Order {
    private final String prompt;
    private final Optional<Given> given;

    /** The size of the small video; known when the model's own is. */
    private Size small = new Size(2, 2);

    Making(String prompt, Optional<Given> given) {
      this.prompt = prompt;
      this.given = given;
    }

    @Override
    public String name() {
      return given.map(g -> SourceFile.stem(g.path) + " refine").orElse(prompt + " refine");
    }

    @Override
    public List<String> prompts() {
      return List.of(prompt);
    }

    @Override
    public Optional<Path> secondModel(ModelFolders models, Path first) {
      return models.refiner(Optional.ofNullable(refiner), first);
    }

    @Override
    public VideoRequest request(VideoRequest usual, VideoModel model) {
      Size own = new Size(usual.width(), usual.height());
      int multiple = model.sizeMultiple();
      small = given.map(g -> small(g.info, own, multiple)).orElse(own);
      Size large = size == null ? times(small, scale == null ? 2 : scale, multiple) : size;
      if (large.width() < small.width() || large.height() < small.height()) {
        throw new UserError(
            "refining makes a video larger: ask for more than %s, not %s".formatted(small, large));
      }
      int clip = given.isEmpty() && frames != null ? frames : join.clip(usual.frames());
      return sized(usual, large, clip, fps == null ? usual.fps() : fps);
    }

    /** About as many pixels as the model makes, in the shape of the source; never enlarged. */
    private static Size small(VideoInfo info, Size own, int multiple) {
      double area = Math.sqrt((double) own.width() * own.height());
      double shrink = Math.min(1, area / Math.sqrt((double) info.width() * info.height()));
      return times(new Size(info.width(), info.height()), shrink, multiple);
    }

    private static Size times(Size from, double factor, int multiple) {
      return new Size(
          multiple(from.width() * factor, multiple), multiple(from.height() * factor, multiple));
    }

    private static int multiple(double side, int of) {
      int least = Math.ceilDiv(16, of) * of;
      return (int) Math.max(least, Math.round(side / of) * of);
    }

    @Override
    public Take read(Models models, VideoRequest request, Said said) {
      if (given.isEmpty()) {
        return (engine, asked, progress) -> {
          VideoRequest before = sized(asked, small, asked.frames(), asked.fps());
          Halves halves = new Halves(progress);
          Video begun = new TextToVideo(models.first().model()).run(before, halves.first());
          return refine(begun, engine).run(engine, asked, halves.second());
        };
      }
      Source.Wish wish =
          Source.Wish.of(small.width(), small.height())
              .at(request.fps())
              .fitted(source.fit())
              .from(source.start())
              .first(frames == null ? USUAL_MOST : frames);
      Source video = Source.video(given.get().path, wish);
      said.line(video.report());
      return (engine, asked, progress) ->
          refine(video.video(), engine).run(engine, asked, progress);
    }

    private Refine refine(Video video, Engine engine) {
      Tensor x_B3FHW = FrameTensors.toTensor(video).unsqueeze(0);
      Refine.Source from =
          upscale == Where.pixels
              ? new Refine.Pixels(x_B3FHW)
              : new Refine.Latents(engine.encode(x_B3FHW));
      return new Refine(from, strength, join.overlap());
    }

    @Override
    public Map<String, @Nullable Object> fields() {
      return Map.of("strength", strength, "from", small.toString());
    }
  }
}
