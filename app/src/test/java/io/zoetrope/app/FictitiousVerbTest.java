package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.option.ClipOptions;
import io.zoetrope.app.cli.option.PromptOption;
import io.zoetrope.app.cli.option.ShapeOptions;
import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Console;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.make.MakeVerb;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.media.Frame;
import io.zoetrope.media.VideoReader;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.order.Making;
import io.zoetrope.pipeline.order.SourceFiles;
import io.zoetrope.pipeline.order.TaskSpec;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.pipeline.schedule.Descent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What it takes to add a command that makes a video: this file, and its line in a table. */
class FictitiousVerbTest {
  /** A video, and the same backwards. */
  record Boomerang(int turns) implements TaskSpec.Own {
    @Override
    public String title(Wish wish) {
      return wish.prompt() + " boomerang";
    }

    @Override
    public Set<Ability> abilities() {
      return Set.of(Ability.FREE_INIT);
    }

    @Override
    public void check(Wish wish) {
      TaskSpec.requirePrompt("boomerang", wish);
    }

    @Override
    public TimestepPlan plan(Descent descent, LatentGrid grid, int frames) {
      return TextToVideo.plan(descent, grid.latents(frames));
    }

    @Override
    public Ready ready(Wish wish, SourceFiles files) {
      return new Ready() {
        @Override
        public VideoRequest request(VideoRequest usual, VideoModel model) {
          return usual.withFrames(wish.frames().orElse(usual.frames()));
        }

        @Override
        public Shoot read(Making making) {
          return (reel, progress) -> {
            List<Frame> made =
                new TextToVideo(making.second())
                    .run(making.request(), reel.timed(progress))
                    .frames();
            for (int turn = 0; turn < turns; turn++) {
              (turn % 2 == 0 ? made : made.reversed()).forEach(reel::show);
            }
          };
        }
      };
    }
  }

  /** {@code zoetrope boomerang}. */
  @Command(name = "boomerang", description = "Makes a video and plays it back and forth.")
  static final class BoomerangCommand extends MakeVerb {
    @Mixin private final PromptOption.Alone prompt = new PromptOption.Alone();
    @Mixin private final ClipOptions clip = new ClipOptions();

    @Option(names = "--turns", paramLabel = "N", defaultValue = "2", description = "How often.")
    private int turns;

    BoomerangCommand(Session session) {
      super(session);
    }

    @Override
    protected TaskSpec task() {
      return new Boomerang(turns);
    }

    @Override
    protected List<String> prompts() {
      return List.of(prompt.text());
    }

    @Override
    protected ShapeOptions shape() {
      return clip;
    }
  }

  @Test
  void runs(@TempDir Path folder) throws IOException {
    TinyModel.train(folder, 6);
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream to = new PrintStream(err, true, StandardCharsets.UTF_8);
    Session session =
        new Session(
            new Console(to, to, false, 90),
            new Cancellation(),
            folder,
            Map.of("ZOETROPE_MODELS", "runs/video"));
    List<Commands.Entry> table = List.of(new Commands.Entry("boomerang", BoomerangCommand::new));
    int code =
        new Cli(session, table)
            .run(
                "boomerang",
                "a",
                "ball",
                "-m",
                "model",
                "--steps",
                "2",
                "-s",
                "1",
                "--frames",
                "4",
                "--turns",
                "3",
                "-o",
                "b/");
    assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
    List<Frame> frames = VideoReader.read(folder.resolve("b")).frames();
    assertThat(frames).hasSize(12);
    assertThat(frames.get(7).rgb()).isEqualTo(frames.getFirst().rgb());
    assertThat(new Cli(session, table).run("boomerang", "")).isEqualTo(2);
    assertThat(new Cli(session, table).run("boomerang", "a", "--free-noise")).isEqualTo(2);
  }
}
