package io.zoetrope.app.cli;

import io.zoetrope.diffusion.FreeInit;
import io.zoetrope.diffusion.LowPass;
import io.zoetrope.diffusion.guidance.ContextWindows;
import io.zoetrope.diffusion.sampler.FreeNoise;
import io.zoetrope.network.FrameWindows;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.torch.UserError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Clips longer than a model knows, and steadier ones. */
public final class LongOptions {
  @Option(
      names = "--window",
      paramLabel = "N",
      converter = Values.Frames.class,
      description = {
        "Denoise clips of more than N frames in windows of N, which overlap by a quarter and are"
            + " averaged at each step."
      })
  private @Nullable Integer context;

  @Option(
      names = "--free-noise",
      description = {
        "FreeNoise, for clips longer than motion modules know: noise that repeats in another order,"
            + " and attention over frames in windows."
      })
  private boolean freeNoise;

  @Option(
      names = "--free-init",
      paramLabel = "N",
      converter = Values.Times.class,
      description = {
        "FreeInit: make each clip N times, each from the low frequencies of the one before;"
            + " steadier motion for N times the work."
      })
  private @Nullable Integer freeInit;

  /**
   * The engine with what was asked for.
   *
   * @throws UserError if FreeNoise is asked for without motion modules
   */
  public Engine over(Engine engine) {
    Engine made = engine;
    if (freeInit != null) {
      made = made.withFreeInit(new FreeInit(freeInit, LowPass.USUAL, FreeInit.Pace.FULL));
    }
    if (freeNoise) {
      if (!engine.model().can(Ability.WINDOWED_ATTENTION)) {
        throw new UserError(
            "--free-noise is for models with AnimateDiff's motion modules; --window does long"
                + " clips with any model");
      }
      int window = context == null ? engine.model().defaults().frames() : context;
      int stride = Math.max(1, window / 4);
      return made.withNoise(new FreeNoise(window, stride, FreeNoise.Order.SHUFFLED)::over)
          .withWindows(new FrameWindows(window, stride, FrameWindows.Weighting.PYRAMID));
    }
    return context == null
        ? made
        : made.withContext(new ContextWindows.Shape(context, context / 4));
  }
}
