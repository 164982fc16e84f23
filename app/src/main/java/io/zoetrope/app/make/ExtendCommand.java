package io.zoetrope.app.make;

import io.zoetrope.app.cli.HoldOptions;
import io.zoetrope.app.cli.JoinOptions;
import io.zoetrope.app.cli.Session;
import io.zoetrope.app.cli.ShapeOptions;
import io.zoetrope.app.cli.SourceFile;
import io.zoetrope.app.cli.SourceOptions;
import io.zoetrope.app.cli.Values;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Source;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoInfo;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Guide;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Extend;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope extend}. */
@Command(
    name = "extend",
    description = {
      "Makes a video longer.",
      "Clip by clip, each of which begins with the last frames of the one before. The source's own"
          + " frames stay as they are. As in: zoetrope extend ball.mp4 --frames 64"
    })
public final class ExtendCommand extends MakeVerb {
  /** Longer sources are named in part: all of their frames are kept in memory. */
  private static final int MOST_SOURCE = 4096;

  @Parameters(index = "0", paramLabel = "VIDEO", description = "What to go on from.")
  private String video = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "PROMPT",
      description = "What happens next.")
  private List<String> words = List.of();

  @Option(
      names = "--frames",
      paramLabel = "N",
      converter = Values.Length.class,
      description = "Frames of the result, the source's included (default: one clip more).")
  private @Nullable Integer frames;

  @Mixin private final ShapeOptions shape = new ShapeOptions();
  @Mixin private final SourceOptions source = new SourceOptions();
  @Mixin private final JoinOptions join = new JoinOptions();
  @Mixin private final HoldOptions hold = new HoldOptions();

  public ExtendCommand(Session session) {
    super(session);
  }

  @Override
  Order order() {
    Path path = SourceFile.of(session(), "VIDEO", video);
    String prompt = Prompts.check("PROMPT", joined(words));
    VideoInfo info = Source.check(path);
    if (info.still()) {
      throw new UserError(
          "'%s' is one picture: 'zoetrope animate' makes it a video".formatted(video));
    }
    return new Order() {
      @Override
      public String name() {
        return SourceFile.stem(path) + " extend";
      }

      @Override
      public List<String> prompts() {
        return List.of(prompt);
      }

      @Override
      public VideoRequest request(VideoRequest usual, VideoModel model) {
        return shaped(usual, shape, join.clip(usual.frames()));
      }

      @Override
      public Guide guide() {
        return hold.guide();
      }

      @Override
      public Take read(Models models, VideoRequest request, Said said) {
        Source.Wish wish = Given.wish(request).fitted(source.fit()).from(source.start());
        Source given = Source.video(path, wish.first(MOST_SOURCE + 1));
        requireShort(given, request.fps());
        said.line(given.report());
        List<Frame> have = given.video().frames();
        int wanted = wanted(have.size(), request.frames());
        int overlap = Math.min(join.overlap(), have.size());
        if (overlap < join.overlap()) {
          said.line("it has no more than %d frames, so clips overlap by those".formatted(overlap));
        }
        List<Frame> tail = have.subList(have.size() - overlap, have.size());
        Tensor begun = models.second().encode(new Video(tail, request.fps()));
        Extend task = new Extend(Optional.of(begun), wanted - have.size() + overlap, overlap);
        return (engine, asked, progress) -> joined(have, overlap, task, engine, asked, progress);
      }

      @Override
      public Map<String, @Nullable Object> fields() {
        return Map.of("overlap", join.overlap(), "hold", hold.words());
      }
    };
  }

  private int wanted(int have, int clip) {
    int wanted = frames == null ? have + clip - Math.min(join.overlap(), have) : frames;
    if (wanted <= have) {
      throw new UserError(
          "--frames %d, but '%s' has %d already: ask for more than that"
              .formatted(wanted, video, have));
    }
    return wanted;
  }

  private void requireShort(Source given, double fps) {
    if (given.video().frames().size() > MOST_SOURCE) {
      double seconds = given.info().seconds().orElse(source.start() + MOST_SOURCE / fps);
      throw new UserError(
          "'%s' has more than %d frames at %s per second: name its end with --start %d"
              .formatted(video, MOST_SOURCE, fps, (long) (seconds - MOST_SOURCE / fps + 1)));
    }
  }

  /** The source's own frames, then the new ones: the model has only seen the last of the source. */
  private static Video joined(
      List<Frame> have,
      int overlap,
      Extend task,
      Engine engine,
      VideoRequest request,
      Progress progress) {
    List<Frame> made = task.run(engine, request, progress).frames();
    List<Frame> all = new ArrayList<>(have);
    all.addAll(made.subList(overlap, made.size()));
    return new Video(all, request.fps());
  }
}
