package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.media.Fit;
import io.zoetrope.media.Source;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoInfo;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.cascade.Bridge;
import io.zoetrope.pipeline.cascade.Cascade;
import io.zoetrope.pipeline.cascade.CascadeRun;
import io.zoetrope.pipeline.cascade.Handed;
import io.zoetrope.pipeline.cascade.Stage;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pipeline.task.Restyle;
import io.zoetrope.progress.Progress;
import io.zoetrope.record.Default;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Several models, one after another. The wish's size, frames and sampling are those of stages that
 * say nothing else. What is put into the order's model goes into it where a stage has that model,
 * and not into models that stages name.
 *
 * @param cascade what is run
 * @param from first stage that is run, from 1
 * @param to last one; empty is the last there is
 * @param video what the first of them begins with, or for the bridge embedding what a prior made
 *     ({@link EmbeddingFile}); empty if it begins from words
 */
public record CascadeSpec(
    Cascade cascade, @Default("1") int from, Optional<Integer> to, Optional<SourceRef> video)
    implements TaskSpec {
  public CascadeSpec {
    int stages = cascade.stages().size();
    Checks.whole("from", 1, stages, from);
    int first = from;
    to.ifPresent(value -> Checks.whole("to", first, stages, value));
    if (cascade.stages().get(from - 1).bridge().within()) {
      throw Checks.wrong(
          "stage %s is a part of the one before it: begin with that".formatted(from));
    }
    Bridge bridge = cascade.stages().get(from - 1).bridge();
    if (bridge.fromWords() && video.isPresent()) {
      throw Checks.wrong("the cascade begins from words: leave the video out");
    }
    if (!bridge.fromWords() && video.isEmpty()) {
      String what = bridge instanceof Bridge.Embedding ? "an embedding" : "a video";
      throw Checks.wrong("stage %s begins with %s: give one".formatted(from, what));
    }
    int end = to.map(last -> cascade.end(last - 1)).orElse(stages);
    if (!cascade.stages().get(end - 1).bridge().makesVideo()) {
      throw Checks.wrong(
          "stage %s makes an embedding and no video: run the stage behind it, too".formatted(end));
    }
  }

  /** All of it. */
  public static CascadeSpec of(Cascade cascade, Optional<SourceRef> video) {
    return new CascadeSpec(cascade, 1, Optional.empty(), video);
  }

  /** Behind the last stage, from 0. */
  private int end() {
    return to.map(last -> cascade.end(last - 1)).orElse(cascade.stages().size());
  }

  private List<Stage> run() {
    return cascade.stages().subList(from - 1, end());
  }

  @Override
  public String title(Wish wish) {
    return video.map(SourceRef::stem).orElse(wish.prompt()) + " cascade";
  }

  @Override
  public Set<Ability> abilities() {
    return EnumSet.of(Ability.FREE_INIT, Ability.FREE_NOISE);
  }

  @Override
  public void check(Wish wish) {
    if (cascade.stages().get(from - 1).bridge().fromWords()) {
      TaskSpec.requirePrompt("cascade", wish);
    } else {
      TaskSpec.requireOne("cascade", wish);
    }
    Stage first =
        cascade.stages().stream().filter(s -> s.bridge().makesVideo()).findFirst().orElseThrow();
    requireOpen("size", wish.size().isPresent(), first.size().isPresent());
    requireOpen("frames", wish.frames().isPresent(), first.frames().isPresent());
    requireOpen("fps", wish.fps().isPresent(), first.rate().isPresent());
    requireOpen("steps", wish.steps().isPresent(), all(stage -> stage.steps().isPresent()));
    requireOpen(
        "guidance", wish.guidance().isPresent(), all(stage -> stage.guidance().isPresent()));
    requireOpen("sampler", wish.sampler().isPresent(), all(stage -> stage.sampler().isPresent()));
    wish.frames().ifPresent(f -> Checks.whole("frames", 1, VideoRequest.MOST_FRAMES, f));
  }

  private boolean all(Predicate<Stage> says) {
    return makers().allMatch(says);
  }

  /** Stages that are run and make a video of their own. */
  private Stream<Stage> makers() {
    return run().stream().filter(s -> !s.bridge().within() && s.bridge().makesVideo());
  }

  private static void requireOpen(String what, boolean wished, boolean said) {
    if (wished && said) {
      throw Checks.wrong("the cascade says its own %s: leave it out".formatted(what));
    }
  }

  @Override
  public void check(ModelRef model) {
    boolean own = run().stream().anyMatch(stage -> model(stage).isEmpty());
    if (!own && !model.bare()) {
      throw Checks.wrong(
          "every stage names its model, and nothing is put into those: leave it out");
    }
  }

  /** The model of a stage that is none of another; empty is the order's. */
  private Optional<String> model(Stage stage) {
    Optional<String> model = Optional.empty();
    for (Stage one : cascade.stages()) {
      model = one.bridge().within() ? model : one.modelAfter(model);
      if (one == stage) {
        break;
      }
    }
    return stage.bridge().within() ? stage.model() : model;
  }

  @Override
  public TimestepPlan plan(Descent descent, LatentGrid grid, int frames) {
    int latents = grid.latents(frames);
    return cascade.stages().get(from - 1).bridge() instanceof Bridge.StartNoise start
        ? Restyle.plan(descent, latents, start.strength())
        : TextToVideo.plan(descent, latents);
  }

  /** By a prior, if that is run. */
  @Override
  public boolean readElsewhere() {
    return !run().getFirst().bridge().makesVideo();
  }

  @Override
  public Optional<String> begins() {
    return model(makers().findFirst().orElseThrow());
  }

  @Override
  public List<String> later() {
    Stream<Stage> priors = run().stream().filter(s -> !s.bridge().makesVideo());
    Stream<Stage> parts = run().stream().filter(s -> s.bridge().within());
    return Stream.of(priors, makers().skip(1), parts)
        .flatMap(some -> some)
        .flatMap(stage -> model(stage).stream())
        .distinct()
        .toList();
  }

  @Override
  public TaskSpec naming(UnaryOperator<String> lasting) {
    return new CascadeSpec(cascade.naming(lasting), from, to, video);
  }

  @Override
  public Ready ready(Wish wish, SourceFiles files) {
    throw new IllegalStateException("a cascade asks the order which model it is about");
  }

  @Override
  public Ready ready(VideoOrder order, SourceFiles files) {
    StageModels models = StageModels.read(cascade, order.model(), files.sources(), end());
    Wish wish = order.wish();
    VideoRequest usual = wish.usual(models.defaults());
    VideoRequest asked =
        wish.shape(usual, models.grid().whole(wish.frames().orElse(usual.frames())));
    models.check(from - 1, asked);
    boolean embedded = cascade.stages().get(from - 1).bridge() instanceof Bridge.Embedding;
    return embedded
        ? new Running(asked, Optional.empty(), video.map(files::embedding))
        : new Running(asked, video.map(files::video), Optional.empty());
  }

  /** Sizes and rates follow from stage to stage. */
  private final class Running implements Ready {
    private final VideoRequest asked;
    private final Optional<VideoInfo> given;
    private final Optional<Path> embedding;

    /**
     * @param asked as the first stage of the cascade is, whichever begins
     * @param given the video to begin with, or none
     * @param embedding the file of an embedding to begin with, or none
     */
    Running(VideoRequest asked, Optional<VideoInfo> given, Optional<Path> embedding) {
      this.asked = asked;
      this.given = given;
      this.embedding = embedding;
    }

    private List<VideoRequest> requests() {
      return CascadeRun.requests(new Cascade(cascade.stages().subList(0, end())), asked);
    }

    /** Of the first stage that is run and makes a video. */
    private VideoRequest begun() {
      int first = cascade.stages().get(from - 1).bridge().makesVideo() ? from - 1 : from;
      long before =
          cascade.stages().subList(0, first).stream().filter(s -> !s.bridge().within()).count();
      return requests().get((int) before);
    }

    @Override
    public VideoRequest request(VideoRequest usual, VideoModel model) {
      VideoRequest last = requests().getLast();
      Stage stage = makers().reduce((a, b) -> b).orElseThrow();
      double fps = last.fps() * stage.bridge().times();
      return last.withFps(fps).withSeed(asked.seed());
    }

    @Override
    public VideoRequest first(VideoRequest request, VideoModel model) {
      return begun();
    }

    @Override
    public Map<String, Object> details(VideoModel model) {
      Map<String, Object> details = new LinkedHashMap<>();
      details.put("stages", List.of(from, to.orElse(cascade.stages().size())));
      return details;
    }

    @Override
    public Shoot read(Making making) {
      Optional<Handed> begun =
          given
              .<Handed>map(info -> new Handed.Film(source(making, info, begun())))
              .or(() -> embedding.map(path -> new Handed.Embedding(EmbeddingFile.read(path))));
      CascadeRun run = new CascadeRun(making.models(), new Told(making));
      return (reel, progress) -> {
        CascadeRun.Take take =
            run.run(cascade, from - 1, end(), asked, begun, reel.timed(progress));
        reel.show(take.engine(), take.request(), take.z_1CFHW(), 0, progress);
      };
    }

    /** As large as it is: the first stage makes it larger. */
    private Video source(Making making, VideoInfo info, VideoRequest request) {
      Source.Wish whole =
          Source.Wish.of(info.width(), info.height())
              .at(request.fps())
              .fitted(Fit.CROP)
              .first(RestyleSpec.USUAL_MOST);
      return making.video(video.orElseThrow(), making.heard(whole)).video();
    }
  }

  /** Says which stage it is. */
  private final class Told implements CascadeRun.Watch {
    private final Making making;

    Told(Making making) {
      this.making = making;
    }

    @Override
    public Progress begins(
        int number, Stage stage, Engine engine, VideoRequest request, Progress progress) {
      int all = cascade.stages().size();
      making
          .note()
          .accept(
              "stage %s/%s: %s, %s, %sx%s"
                  .formatted(
                      number,
                      all,
                      model(stage).orElse("the model"),
                      stage.bridge().words(),
                      request.width(),
                      request.height()));
      return worded(number, making.watch().begins(number, stage, engine, request, progress));
    }

    @Override
    public Progress begins(int number, Stage stage, Progress progress) {
      int all = cascade.stages().size();
      making
          .note()
          .accept(
              "stage %s/%s: %s, %s"
                  .formatted(
                      number, all, model(stage).orElse("the model"), stage.bridge().words()));
      return worded(number, making.watch().begins(number, stage, progress));
    }

    private Progress worded(int number, Progress progress) {
      String words = "stage %s/%s".formatted(number, cascade.stages().size());
      return progress.map(
          report -> report.words(report.words().isEmpty() ? words : words + ", " + report.words()));
    }

    @Override
    public void made(int number, Handed handed) {
      making.watch().made(number, handed);
    }
  }
}
