package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.diffusion.guidance.DynamicThresholding;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.order.Hold;
import io.zoetrope.pipeline.order.Motion;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.Windowing;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
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
      names = "--window-overlap",
      paramLabel = "M",
      converter = Values.Within.class,
      description = "Frames that two windows share (default: a quarter).")
  private @Nullable Integer overlap;

  @Option(
      names = "--window-strides",
      paramLabel = "N",
      converter = Values.Strides.class,
      description =
          "Levels of windows, 1 to 6: those of the second see every other frame, those of the third"
              + " every fourth (default: 1).")
  private @Nullable Integer strides;

  @Option(
      names = "--window-loop",
      description = "Let windows go over the end of a clip into its beginning: the video loops.")
  private boolean loop;

  @Option(
      names = "--window-fuse",
      paramLabel = "HOW",
      converter = Values.FuseKind.class,
      completionCandidates = Values.FuseKind.Names.class,
      description =
          "How much the frames of a window count where two overlap: ${COMPLETION-CANDIDATES}"
              + " (default: pyramid, the middle most).")
  private @Nullable String fuse;

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

  @Option(
      names = "--temporal-guidance",
      paramLabel = "SCALE",
      converter = Values.TemporalScale.class,
      description = {
        "How much frames have to do with each other: 1 is as the model has it, 1.5 calmer, 0 leaves"
            + " each to itself. Half as much work again."
      })
  private @Nullable Double temporal;

  @Option(
      names = "--context-guidance",
      paramLabel = "SCALE",
      converter = Values.Guidance.class,
      description =
          "How much given frames count where the model is shown which are known: 1 is as it learned, more"
              + " leads towards them. One pass more each.")
  private @Nullable Double contextGuidance;

  @Option(
      names = "--guidance-oscillate",
      paramLabel = "N",
      converter = Values.Overlap.class,
      description =
          "Guidance as said for the first N steps, then 1 and as said in turn: high guidance with less"
              + " glare.")
  private @Nullable Integer oscillate;

  @Option(
      names = "--cfg-zero",
      paramLabel = "N",
      converter = Values.Overlap.class,
      description =
          "CFG-Zero*, for models of flows such as Wan: what guidance leads away from is scaled to fit,"
              + " and the first N steps stand still (its authors take 1; 0 for none).")
  private @Nullable Integer cfgZero;

  @Option(
      names = "--guidance-first",
      paramLabel = "W",
      converter = Values.Guidance.class,
      description =
          "Guidance at the first frame, from which it runs evenly to the usual at the last (default: as"
              + " the model has it, 1 in Stable Video Diffusion, else the same for all).")
  private @Nullable Double firstGuidance;

  @Option(
      names = "--guidance-late",
      paramLabel = "W",
      converter = Values.Guidance.class,
      description =
          "Guidance where the second network of a model of two denoises, as of Wan 2.2 (default: as"
              + " --guidance).")
  private @Nullable Double lateGuidance;

  @Option(
      names = "--guidance-apart",
      description =
          "Ask for what guidance leads to and away from one after the other: half the memory of a step,"
              + " and the same video but for rounding.")
  private boolean apart;

  @Option(
      names = "--dynamic-threshold",
      paramLabel = "P[,CAP]",
      split = ",",
      description =
          "For models of pixels: clip each clip to the P-th part of its pixels' size at each step, as"
              + " in 0.95, but at most CAP.")
  private @Nullable List<Double> threshold;

  @Option(
      names = "--motion-scale",
      paramLabel = "S[,S]",
      converter = Values.Scales.class,
      description = {
        "How much the attention of motion modules adds: 1 as trained, above more motion, below"
            + " less; or numbers for one frame after another, the last of which holds."
      })
  private @Nullable List<Double> motionScale;

  @Option(
      names = "--motion-effect",
      paramLabel = "S[,S]",
      converter = Values.Scales.class,
      description = "How much motion modules add in all: 1 as trained, 0 the image model.")
  private @Nullable List<Double> motionEffect;

  @Mixin private final CacheOptions cache = new CacheOptions();
  @Mixin private final SkipOptions skip = new SkipOptions();
  @Mixin private final DecodeOptions decode = new DecodeOptions();
  @Mixin private final MicroOptions micro = new MicroOptions();

  private Windowing windowing() {
    boolean said = overlap != null || strides != null || loop || fuse != null;
    if (said && context == null) {
      throw new UsageError("--window-... options are about --window: add it");
    }
    if (context != null && overlap != null && overlap >= context) {
      throw new UsageError(
          "--window-overlap %s: windows of %s frames overlap by 0 to %s of them"
              .formatted(overlap, context, context - 1));
    }
    return Windowing.of(
        Optional.ofNullable(overlap),
        strides == null ? 1 : strides,
        loop,
        fuse == null ? Windowing.FUSES.getFirst() : fuse);
  }

  private Optional<Motion> motion() {
    return motionScale == null && motionEffect == null
        ? Optional.empty()
        : Optional.of(
            new Motion(
                motionScale == null ? List.of() : motionScale,
                motionEffect == null ? List.of() : motionEffect));
  }

  /** What was asked for, with a way to keep what is given. */
  public Tuning tuning(Optional<Hold> hold) {
    return new Tuning(
        Optional.ofNullable(context),
        freeNoise,
        Optional.ofNullable(freeInit),
        Optional.ofNullable(temporal),
        hold,
        windowing(),
        motion(),
        Optional.ofNullable(oscillate),
        threshold(),
        Optional.ofNullable(lateGuidance),
        micro.conditions(),
        Optional.ofNullable(firstGuidance),
        Optional.ofNullable(cfgZero),
        decode.frames(),
        cache.easy(),
        skip.layers(),
        cache.tea(),
        apart,
        Optional.ofNullable(contextGuidance));
  }

  private Optional<DynamicThresholding.Bound> threshold() {
    if (threshold == null) {
      return Optional.empty();
    }
    if (threshold.size() > 2) {
      throw new UsageError("--dynamic-threshold is P or P,CAP, as in 0.95,1.5");
    }
    try {
      return Optional.of(
          new DynamicThresholding.Bound(
              threshold.getFirst(),
              threshold.stream().skip(1).findFirst(),
              DynamicThresholding.Over.CLIP));
    } catch (UserError e) {
      throw new UsageError("--dynamic-threshold: " + e.getMessage());
    }
  }
}
