package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.guidance.SkipLayers;
import io.zoetrope.diffusion.sampler.Halts;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.family.Knowledge;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.Variants;
import io.zoetrope.pipeline.model.MemoryNeed;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.order.TaskSpec.Ability;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pixels.FlowSpeed;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.progress.Timings;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Makes what is ordered: the one door of the command line, of servers, of clusters and of programs.
 *
 * {@snippet :
 * VideoOrder order =
 *     new VideoOrder(
 *         GenerateSpec.usual(), Wish.of("a red ball"), ModelRef.of("models/toybox"), Tuning.NONE);
 * Made made =
 *     Studio.make(
 *         order, Sources.in(Path.of("")), FileSink.of(Path.of("ball.mp4")), Progress.NONE);
 * }
 *
 * <p>What no model is needed to see, and what the sink cannot take, fails before anything is
 * computed.
 *
 * <p>Any number of threads may call it. One video at a time is made in a process, in the order of
 * the calls: all cores work at each already, their memory would add up, and two at once share the
 * threads of the BLAS, by whose number products are rounded. So each video has the bytes that it
 * has alone.
 */
public final class Studio {
  /** Bytes that are worth a word before they are taken. */
  private static final long LARGE = 2_000_000_000;

  /** Drawn seeds are short enough to be read out and typed again. */
  private static final long DRAWN_BELOW = 1_000_000;

  private static final OneAtATime TURNS = new OneAtATime();

  private final VideoOrder order;
  private final Sources sources;
  private final FrameSink sink;
  private final Progress progress;
  private final Halts halts;
  private final Timings timings = new Timings();
  private final List<String> notes = new ArrayList<>();
  private final List<String> reports = new ArrayList<>();
  private Optional<Shot> showing = Optional.empty();

  private Studio(
      VideoOrder order, Sources sources, FrameSink sink, Progress progress, Halts halts) {
    this.order = order;
    this.sources = sources;
    this.sink = sink;
    this.progress = noting(progress);
    this.halts = halts;
  }

  /** What work has to say of how it is done, once each, among the notes. */
  private Progress noting(Progress outer) {
    return new Progress() {
      @Override
      public void update(Report report) {
        outer.update(report);
      }

      @Override
      public void note(String line) {
        if (!notes.contains(line)) {
          Studio.this.note(line);
        }
      }

      @Override
      public boolean cancelled() {
        return outer.cancelled();
      }
    };
  }

  /**
   * Makes a video.
   *
   * @param order what is wanted
   * @param sources where its files and models are
   * @param sink where its frames go, as they are made; closed at the end
   * @param progress told of everything that takes time, from loading to the last frame; may cancel
   * @return what became of it, when the sink has finished
   * @throws UserError in one line, if the order cannot be made
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  public static Made make(VideoOrder order, Sources sources, FrameSink sink, Progress progress) {
    return make(order, sources, sink, progress, Halts.NONE);
  }

  /**
   * As above, perhaps not all of it, and perhaps going on with what was begun. What the sink is
   * given of a video whose plan is not walked to its end is that video as it is estimated by then.
   *
   * @param halts where the walks down its plans begin and end
   */
  public static Made make(
      VideoOrder order, Sources sources, FrameSink sink, Progress progress, Halts halts) {
    long seed =
        order.wish().seed().orElseGet(() -> ThreadLocalRandom.current().nextLong(DRAWN_BELOW));
    TaskSpec settled = order.task().settled(() -> sources.model(order.model().name()));
    Studio studio =
        new Studio(
            order.withTask(settled).withWish(order.wish().withSeed(seed)),
            sources,
            sink,
            progress,
            halts);
    return TURNS.run(progress, studio::make);
  }

  private Made make() {
    SourceFiles files = new SourceFiles(sources);
    TaskSpec.Ready ready = order.task().ready(order, files);
    order.model().controls().forEach(control -> control.check(files));
    order.model().pictures().ifPresent(pictures -> new LikePictures(pictures, files).check());
    references().check();
    Optional<String> begins = order.task().begins();
    String name = begins.orElse(order.model().name());
    Path folder = sources.model(name);
    sources.remark(name).ifPresent(this::note);
    order.model().variant().flatMap(v -> Variants.remark(folder, v)).ifPresent(this::note);
    Optional<Path> other = order.task().second(sources, folder);
    try (Lending lending = new Lending(sources, progress, this::choice, this::engine)) {
      VideoModel model = lending.model(begins);
      Optional<VideoModel> late = other.map(path -> sources.lend(beside(path), progress));
      try {
        return make(ready, folder, other, model, late, lending);
      } finally {
        late.ifPresent(sources::giveBack);
      }
    }
  }

  private Made make(
      TaskSpec.Ready ready,
      Path folder,
      Optional<Path> other,
      VideoModel model,
      Optional<VideoModel> late,
      Lending lending) {
    if (!order.task().abilities().contains(Ability.SINGLE_PICTURES)) {
      model.requireVideo();
    }
    order
        .model()
        .pictures()
        .ifPresent(p -> new LikePictures(p, new SourceFiles(sources)).requireSeenBy(model));
    VideoRequest request = whole(ready.request(order.wish().usual(model.defaults()), model), model);
    references().requireSeenBy(model);
    VideoRequest begun = ready.first(request, model);
    MemoryNeed need = order.tuning().need(model, references().longer(begun, model.grid()));
    if (need.total() > LARGE) {
      note("needs " + need.line());
    }
    model.loras().forEach(report -> note(report.line()));
    model.strangers().forEach(this::note);
    Engine first = tuned(model);
    Engine second = late.map(this::tuned).orElse(first);
    if (!order.task().readElsewhere()) {
      Unread.lines(order.wish(), model, Knowledge.of(folder)).forEach(this::note);
    }
    // A second model has a size of its own.
    if (other.isEmpty() && order.task().samples()) {
      Unusual.lines(begun, model, !order.tuning().windowed()).forEach(this::note);
    }
    noteIdle(first, request);
    timings.mark("load");
    List<Path> models = new ArrayList<>(List.of(folder));
    other.ifPresent(models::add);
    order.task().later().stream().map(sources::model).distinct().forEach(models::add);
    boolean growing = order.task().abilities().contains(Ability.GROWS);
    Shot shot =
        new Shot(
            request,
            order.wish().frames().orElse(request.frames()),
            growing,
            growing && order.wish().frames().isEmpty(),
            sink.sounds() ? ready.sound() : Optional.empty(),
            () -> Remembered.of(order, models, sources));
    Reel reel = new Reel(sink, timings);
    showing = Optional.of(shot);
    try (sink) {
      sink.begin(shot);
      timings.mark("open");
      shoot(ready, first, second, late.isEmpty(), shot, reel, lending);
      // What ends only when it is stopped was stopped.
      Progress end = shot.endless() ? Progress.NONE : progress;
      end.requireGoing(reel.frames(), reel.frames());
      sink.finish(end);
      timings.mark("write");
    }
    noteMore(reel.frames(), request, model);
    return new Made(
        order,
        request,
        reel.frames(),
        folder,
        model.loras(),
        reports,
        notes,
        details(ready.details(model), reel.moved(request.fps())),
        need.total(),
        timings);
  }

  /** What the task has to tell, and how much the video moves where somebody may have said so. */
  private Map<String, Object> details(Map<String, Object> own, Optional<FlowSpeed> moved) {
    if (moved.isEmpty()) {
      return own;
    }
    note(moved.get().line());
    Map<String, Object> all = new LinkedHashMap<>(own);
    all.put("motion", moved.get().fields());
    return all;
  }

  private void shoot(
      TaskSpec.Ready ready,
      Engine first,
      Engine second,
      boolean alone,
      Shot shot,
      Reel reel,
      Lending lending) {
    Scopes.run(() -> {
      Engine seeing = order.task().begins().isPresent() ? first : seeing(first, shot);
      TaskSpec.Shoot shoot =
          ready.read(
              new Making(
                  seeing,
                  alone ? seeing : second,
                  lending,
                  shot.request(),
                  shot.sound().isPresent(),
                  new SourceFiles(sources),
                  order.model().controls(),
                  references(),
                  this::said,
                  this::note,
                  sink.watch(),
                  progress));
      timings.mark("read");
      progress.requireGoing(0, shot.request().steps());
      Progress shown =
          sink.estimates()
              .map(estimates -> new Preview(estimates, () -> working(lending, first, second)))
              .map(preview -> preview.over(progress))
              .orElse(progress);
      shoot.run(reel, shown);
    });
  }

  /** Those that sample now. */
  private static List<Engine> working(Lending lending, Engine first, Engine second) {
    List<Engine> stage = lending.working();
    return stage.isEmpty() ? List.of(first, second) : stage;
  }

  private References references() {
    return new References(order.model().references(), new SourceFiles(sources));
  }

  /** An engine whose model is shown the pictures that the video is to be like. */
  private Engine seeing(Engine engine, Shot shot) {
    return order
        .model()
        .pictures()
        .map(pictures ->
            new LikePictures(pictures, new SourceFiles(sources))
                .over(engine, shot.frames(), shot.growing()))
        .orElse(engine);
  }

  /** With clips that fill their latents: a model makes no others. */
  private VideoRequest whole(VideoRequest request, VideoModel model) {
    int frames = request.frames();
    int whole = model.grid().whole(frames);
    if (whole == frames) {
      return request;
    }
    note(
        "clips have %s frames, not %s: a latent of this model holds %s"
            .formatted(whole, frames, model.grid().time()));
    return request.withFrames(whole);
  }

  /** A video of several clips ends with a latent that is full. */
  private void noteMore(long frames, VideoRequest request, VideoModel model) {
    order
        .wish()
        .frames()
        .filter(wanted -> wanted < frames && request.frames() < frames)
        .filter(wanted -> model.grid().time() > 1)
        .ifPresent(wanted ->
            note(
                "%s frames, not %s: a latent of this model holds %s"
                    .formatted(frames, wanted, model.grid().time())));
  }

  /** What is loaded by a name; the order's own model has what the order puts into it. */
  private ModelChoice choice(Optional<String> name) {
    return name.map(other -> order.model().alone(sources.model(other)))
        .orElseGet(() -> order.task().choice(choice(sources.model(order.model().name()))));
  }

  private ModelChoice choice(Path folder) {
    return order.model().choice(folder, this::file);
  }

  /** By the order's tuning; its own model sees the pictures that the video is to be like. */
  private Engine engine(Optional<String> name, VideoModel model) {
    Engine engine = tuned(model);
    return name.isPresent() ? engine : showing.map(shot -> seeing(engine, shot)).orElse(engine);
  }

  private Engine tuned(VideoModel model) {
    return order.tuning().over(model).withHalts(halts);
  }

  private ModelChoice beside(Path folder) {
    return order.model().beside(folder, this::file);
  }

  private Path file(Path path) {
    return sources.file(path.toString());
  }

  /** What is asked for and has nothing to do. */
  private void noteIdle(Engine engine, VideoRequest request) {
    VideoModel model = engine.model();
    order.tuning().idle(model, request.frames(), request.guidance()).forEach(this::note);
    if (order.tuning().hold().isPresent()
        && !holds(engine.descent(request), model.grid(), request.frames())) {
      note("hold changes nothing: no frame is given without noise");
    }
    if (order.tuning().contextGuidance().isPresent()
        && !holds(engine.descent(request), model.grid(), request.frames())) {
      note("context guidance changes nothing: no frame is given without noise");
    }
    Optional<SkipLayers.Span> left =
        order.tuning().skipLayers().map(skip -> skip.down(engine.levels(request)));
    if (left.isPresent() && !leaves(left.get(), engine.descent(request), model, request.frames())) {
      note(
          "skip-layer guidance changes nothing: the steps for which it leaves blocks out come before"
              + " the first that is made");
    }
    boolean told = order.model().clipSkip() > 0 || order.model().longPrompts();
    if (told && model.text().filter(PromptEncoder::readsAsTold).isEmpty()) {
      note("clip skip and long prompts change nothing: the model's text encoder is not CLIP's");
    }
  }

  private boolean leaves(SkipLayers.Span left, Descent descent, VideoModel model, int frames) {
    TimestepPlan plan = order.task().plan(descent, model.grid(), frames);
    return Arrays.stream(plan.levels()).flatMapToDouble(Arrays::stream).anyMatch(left::holds);
  }

  private boolean holds(Descent descent, LatentGrid grid, int frames) {
    TimestepPlan plan = order.task().plan(descent, grid, frames);
    return IntStream.range(0, plan.frames()).anyMatch(plan::heldClean);
  }

  private void note(String line) {
    notes.add(line);
    sink.note(line);
  }

  private void said(String report) {
    reports.add(report);
    note(report);
  }
}
