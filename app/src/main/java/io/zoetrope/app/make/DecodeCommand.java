package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.RunOptions;
import io.zoetrope.app.cli.option.SamplingOptions;
import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.make.option.DecodeOptions;
import io.zoetrope.app.make.option.WeightOptions;
import io.zoetrope.pipeline.order.DecodeSpec;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope decode}. */
@Command(
    name = "decode",
    description = {
      "Makes a video of latents: those that a failed job kept, or --save-latents wrote.",
      "Nothing is sampled. As in: zoetrope decode ball.mp4.latents.safetensors -o ball.mp4"
    })
public final class DecodeCommand extends FilmVerb {
  @Parameters(paramLabel = "LATENTS", description = "A .safetensors file with latents.")
  private String file = "";

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      defaultValue = SamplingOptions.BUNDLED,
      description = "Whose latents they are (default: ${DEFAULT-VALUE}).")
  private String model = SamplingOptions.BUNDLED;

  @Option(
      names = "--fps",
      paramLabel = "RATE",
      converter = Values.Fps.class,
      description = "Frames per second (default: the model's).")
  private @Nullable Double fps;

  @Mixin private final WeightOptions weights = new WeightOptions();
  @Mixin private final DecodeOptions decode = new DecodeOptions();
  @Mixin private final RunOptions run = new RunOptions();

  public DecodeCommand(Session session) {
    super(session);
  }

  @Override
  Batch batch() {
    Path path = SourceFile.of(session(), "LATENTS", file);
    ModelRef ref =
        weights.of(session(), ModelRef.of(model).withDtype(run.dtype()).withDevice(run.device()));
    Wish wish = Wish.of();
    VideoOrder order =
        new VideoOrder(
            new DecodeSpec(SourceRef.of(path)),
            fps == null ? wish : wish.withFps(fps),
            ref,
            decode.frames().map(Tuning.NONE::withDecodeFrames).orElse(Tuning.NONE));
    return Batch.of(order, List.of(List.of()), List.of(0L));
  }

  @Override
  boolean remembers() {
    return false;
  }
}
