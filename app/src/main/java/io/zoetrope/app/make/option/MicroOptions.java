package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.Values;
import io.zoetrope.pipeline.order.MicroConditions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Numbers of a clip that some models are told beside the prompt. */
public final class MicroOptions {
  @Option(
      names = "--motion-bucket",
      paramLabel = "N",
      converter = Values.MotionBucket.class,
      description =
          "How much the clip moves, for models that are told it: 0 to 255 for Stable Video Diffusion"
              + " (default 127); others say what each means.")
  private @Nullable Integer motion;

  @Option(
      names = "--told-fps",
      paramLabel = "RATE",
      converter = Values.Fps.class,
      description =
          "Frames per second that the model is told, if it is told them, and not those of the video"
              + " (default: those).")
  private @Nullable Double fps;

  @Option(
      names = "--augmentation",
      paramLabel = "S",
      converter = Values.Augmentation.class,
      description =
          "Noise of the picture that the model is shown, if it is told it: with more it moves away"
              + " from the picture sooner.")
  private @Nullable Double augmentation;

  /** What was said; empty if nothing was. */
  public Optional<MicroConditions> conditions() {
    return motion == null && fps == null && augmentation == null
        ? Optional.empty()
        : Optional.of(
            new MicroConditions(
                Optional.ofNullable(motion),
                Optional.ofNullable(fps),
                Optional.ofNullable(augmentation)));
  }
}
