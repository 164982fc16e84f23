package io.zoetrope.app.plan;

import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.option.RunOptions;
import io.zoetrope.app.cli.option.SamplingOptions;
import io.zoetrope.app.cli.terminal.OutputOptions;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.media.PlanPicture;
import io.zoetrope.media.Source;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pipeline.task.Drawn;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * A plan that is walked while one watches: its levels, and under each frame what the model takes it
 * for by then.
 */
record PlanFilm(
    Session session,
    OutputOptions output,
    SamplingOptions sampling,
    RunOptions run,
    long seed,
    Consumer<String> note) {
  private static final double FPS = 4;

  /** How long the end is shown. */
  private static final int LAST = 8;

  /**
   * Makes it.
   *
   * @param back whether the last frame is the first again
   * @param prompts of the source (the first) and of the result (the last, or all if the plan blends
   *     several)
   * @param from what is given; empty for a clip made from the first prompt
   * @param steps of the plan
   * @param draw how frames fall -> plan
   * @return the plan with the levels of the model
   */
  TimestepPlan make(
      Path file,
      boolean back,
      String title,
      List<String> prompts,
      Optional<Path> from,
      int steps,
      BiFunction<Descent, LatentGrid, TimestepPlan> draw) {
    Path folder = new ModelFolders(session).find(sampling.model(session));
    ModelChoice choice = run.choice(folder).withTokenizer(sampling.tokenizer(session));
    try (StepProgress progress = new StepProgress(session, output, "sampling");
        VideoModel model = VideoModel.load(choice, progress)) {
      Engine engine = new Engine(model);
      VideoRequest usual = usual(model.defaults());
      TimestepPlan plan =
          draw.apply(new Descent(steps, n -> engine.sampling(usual, n)), model.grid());
      List<String> said = plan.prompts().isSingle() ? List.of(prompts.getLast()) : prompts;
      VideoRequest request =
          usual
              .withPrompt(said.getFirst())
              .withFrames(model.grid().frames(plan.frames()))
              .withSteps(Math.min(plan.steps(), VideoRequest.MOST_STEPS));
      PlanPicture picture = PlanCommand.picture(plan, titled(title, plan, said), said);
      Frame blank = new Frame(request.width(), request.height(), grey(request));
      List<Frame> seen = new ArrayList<>(Collections.nCopies(plan.frames(), blank));
      Frame size = picture.draw(0, seen);
      try (VideoWriter writer =
          VideoWriter.open(
              file, OutputFormat.GIF, size.width(), size.height(), WriteOptions.at(FPS))) {
        Scopes.run(() -> {
          Optional<Tensor> given =
              given(engine, request, plan, prompts.getFirst(), from, back, progress);
          given.ifPresent(z -> showGiven(engine, z, plan, seen, progress));
          writer.write(picture.draw(0, seen));
          new Drawn(plan, List.of(said), given)
              .latents(
                  engine, List.of(request), watched(progress, engine, plan, picture, seen, writer));
        });
        for (int i = 1; i < LAST; i++) {
          writer.write(picture.draw(plan.steps(), seen));
        }
        session.cancellation().check();
        writer.commit(progress);
      }
      return plan;
    }
  }

  private static String titled(String title, TimestepPlan plan, List<String> said) {
    return plan.prompts().isSingle() ? "%s (\"%s\")".formatted(title, said.getFirst()) : title;
  }

  private VideoRequest usual(ModelIndex.Defaults own) {
    VideoRequest request = VideoRequest.of("", seed, own).withNegative(sampling.negative().strip());
    return request
        .withGuidance(sampling.guidance().orElse(request.guidance()))
        .withSampler(sampling.sampler().orElse(request.sampler()));
  }

  private static byte[] grey(VideoRequest request) {
    byte[] rgb = new byte[request.width() * request.height() * 3];
    java.util.Arrays.fill(rgb, (byte) 0xdd);
    return rgb;
  }

  private Optional<Tensor> given(
      Engine engine,
      VideoRequest request,
      TimestepPlan plan,
      String prompt,
      Optional<Path> from,
      boolean back,
      Progress progress) {
    if (plan.givenCount() == 0) {
      return Optional.empty();
    }
    Video video =
        from.map(path -> read(engine, path, request, plan, back, progress))
            .orElseGet(() -> made(engine, request, prompt));
    LatentGrid grid = engine.model().grid();
    List<Frame> frames = new ArrayList<>(video.frames());
    while (frames.size() < grid.frames(plan.frames())) {
      frames.add(frames.getLast());
    }
    if (back) {
      int other = grid.frames(plan.frames() - 1);
      Collections.fill(frames.subList(other, frames.size()), frames.getFirst());
    }
    return Optional.of(engine.encode(new Video(frames, request.fps()), progress));
  }

  private Video read(
      Engine engine,
      Path path,
      VideoRequest request,
      TimestepPlan plan,
      boolean back,
      Progress progress) {
    Source read =
        Source.video(
            path,
            Source.Wish.of(request.width(), request.height())
                .at(request.fps())
                .first(engine.model().grid().frames(plan.frames())),
            progress);
    note.accept(read.report());
    // The last frame of a loop is the first again.
    int last = plan.frames() - (back ? 2 : 1);
    while (last > 0 && !plan.given(last)) {
      last--;
    }
    int seen = read.video().frames().size();
    if (engine.latents(seen) <= last && !read.info().still()) {
      throw new UserError(
          "'%s' has %s frames, and the plan wants frame %s given: take a longer one"
              .formatted(path, seen, last));
    }
    return read.video();
  }

  /** Another seed than the plan's: else the plan would only find again what it was given. */
  private Video made(Engine engine, VideoRequest r, String prompt) {
    VideoRequest other =
        r.withPrompt(prompt)
            .withSeed(r.seed() == Long.MAX_VALUE ? 0 : r.seed() + 1)
            .withSteps(sampling.steps().orElse(engine.model().defaults().steps()));
    try (StepProgress progress = new StepProgress(session, output, "making a source")) {
      return new TextToVideo(engine).run(other, progress);
    }
  }

  private static void showGiven(
      Engine engine, Tensor z, TimestepPlan plan, List<Frame> seen, Progress progress) {
    List<Frame> frames = shown(engine, z, progress);
    for (int frame = 0; frame < plan.frames(); frame++) {
      if (plan.given(frame)) {
        seen.set(frame, frames.get(frame));
      }
    }
  }

  /** The last frame of each latent. */
  private static List<Frame> shown(Engine engine, Tensor z_1CLHW, Progress progress) {
    List<Frame> frames = engine.decode(z_1CLHW, 1, progress).frames();
    LatentGrid grid = engine.model().grid();
    return IntStream.rangeClosed(1, Math.toIntExact(z_1CLHW.size(2)))
        .mapToObj(count -> frames.get(grid.frames(count) - 1))
        .toList();
  }

  private Progress watched(
      StepProgress progress,
      Engine engine,
      TimestepPlan plan,
      PlanPicture picture,
      List<Frame> seen,
      VideoWriter writer) {
    return new Progress() {
      @Override
      public void update(Report report) {
        progress.update(report);
        if (report.row().isEmpty()) {
          return;
        }
        int row = report.row().get().number();
        report
            .preview()
            .get()
            .ifPresent(x0 -> {
              List<Frame> frames = shown(engine, x0, progress.silent());
              for (int frame = 0; frame < plan.frames(); frame++) {
                // Of what is clean already, nothing is predicted.
                if (plan.level(row - 1, frame) > 0) {
                  seen.set(frame, frames.get(frame));
                }
              }
            });
        writer.write(picture.draw(row, seen));
      }

      @Override
      public boolean cancelled() {
        return progress.cancelled();
      }
    };
  }
}
