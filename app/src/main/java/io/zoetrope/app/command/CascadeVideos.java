package io.zoetrope.app.command;

import io.zoetrope.app.cli.option.FolderSources;
import io.zoetrope.app.cli.option.RunOptions;
import io.zoetrope.app.cli.option.SamplingOptions;
import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.cascade.Cascade;
import io.zoetrope.pipeline.order.CascadeSpec;
import io.zoetrope.pipeline.order.FrameSink;
import io.zoetrope.pipeline.order.KeptModels;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Shot;
import io.zoetrope.pipeline.order.SourceFiles;
import io.zoetrope.pipeline.order.Studio;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.progress.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A video by a cascade for each of many prompts, one after another; its models all stay loaded. The
 * seed of a video is that of the first plus its number.
 */
final class CascadeVideos implements PromptVideos {
  private final Cascade cascade;
  private final Wish wish;
  private final ModelRef model;
  private final List<String> prompts;
  private final long firstSeed;
  private final Progress progress;
  private final KeptModels models;

  CascadeVideos(
      Session session,
      String file,
      SamplingOptions sampling,
      RunOptions run,
      Extent extent,
      List<String> prompts,
      long firstSeed,
      StepProgress progress) {
    cascade = SourceFiles.cascade(SourceFile.of(session, "--cascade", file));
    wish =
        new Wish(
            List.of(),
            Optional.of(sampling.negative()),
            Optional.empty(),
            extent.size(),
            extent.frames(),
            Optional.empty(),
            sampling.steps().stream().boxed().findFirst(),
            sampling.guidance().stream().boxed().findFirst(),
            sampling.sampler());
    model =
        ModelRef.of(sampling.model(session))
            .withDtype(run.dtype())
            .withDevice(run.device())
            .withTokenizer(sampling.tokenizer(session));
    this.prompts = prompts;
    this.firstSeed = firstSeed;
    this.progress = progress.silent();
    models = KeptModels.of(new FolderSources(session));
  }

  /** Keeps the frames. */
  private static final class Frames implements FrameSink {
    private final List<Frame> frames = new ArrayList<>();
    private double fps = 1;

    @Override
    public void begin(Shot shot) {
      fps = shot.request().fps();
    }

    @Override
    public void frame(Frame frame) {
      frames.add(frame);
    }

    Video video() {
      return new Video(frames, fps);
    }
  }

  @Override
  public Video video(int number) {
    Frames sink = new Frames();
    Studio.make(
        new VideoOrder(
            CascadeSpec.of(cascade, Optional.empty()),
            wish.withPrompts(List.of(prompts.get(number))).withSeed(firstSeed + number),
            model,
            Tuning.NONE),
        models,
        sink,
        progress);
    return sink.video();
  }

  @Override
  public void close() {
    models.close();
  }
}
