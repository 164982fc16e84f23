package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.pipeline.order.Across;
import io.zoetrope.pipeline.order.Across.Look;
import io.zoetrope.pipeline.order.Smooth;
import io.zoetrope.pipeline.order.Smooth.By;
import io.zoetrope.pipeline.order.Wish;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Video by a model of single pictures whose frames look at each other. */
final class AcrossOptions {
  private static final int STEPS = 50;
  private static final double GUIDANCE = 12.5;

  /** Whom frames look at, as people type it. */
  enum Whom {
    all(Look.ALL),
    sparse(Look.SPARSE),
    first(Look.FIRST),
    none(Look.NONE);

    private final Look look;

    Whom(Look look) {
      this.look = look;
    }
  }

  @Option(
      names = "--cross-frame",
      paramLabel = "WHOM",
      description =
          "Let the frames of a model of single pictures look at ${COMPLETION-CANDIDATES}: sparse is"
              + " the first and the one before. All begin with one noise.")
  private @Nullable Whom whom;

  @Option(
      names = "--smooth",
      paramLabel = "AT[,AT]",
      converter = Values.Fractions.class,
      description =
          "With --cross-frame: smooth every other frame at these fractions of the steps, odd ones"
              + " and even ones in turn; one alone is two steps in a row.")
  private @Nullable List<Double> smooth;

  @Option(
      names = "--smoother",
      paramLabel = "HOW",
      description =
          "How --smooth makes a frame of its neighbours: flow, mean, a .onnx file that makes one of"
              + " two, or a model of videos (default: flow).")
  private @Nullable String how;

  @Option(
      names = "--hierarchical",
      description =
          "With --cross-frame all: a long clip by its key frames first, at every step, and then"
              + " what lies between two of them.")
  private boolean hierarchical;

  /**
   * What they say.
   *
   * @param method that was asked for
   * @throws UsageError if some say nothing without others
   */
  Optional<Across> read(Session session, String method) {
    boolean whole = method.equals(MethodOption.CONTROL_VIDEO);
    if (whom == null && !whole) {
      String idle =
          smooth != null
              ? "--smooth"
              : how != null ? "--smoother" : hierarchical ? "--hierarchical" : "";
      if (!idle.isEmpty()) {
        throw new UsageError(
            "%s goes with --cross-frame or --method controlvideo: add one".formatted(idle));
      }
      return Optional.empty();
    }
    if (method.equals(MethodOption.ZERO)) {
      throw new UsageError("--cross-frame and --method %s: leave one out".formatted(method));
    }
    if (how != null && smooth == null && !whole) {
      throw new UsageError("--smoother says how, --smooth when: add it");
    }
    Optional<Smooth> smoothing =
        Optional.ofNullable(smooth)
            .or(() -> whole ? Optional.of(Smooth.USUAL.at()) : Optional.empty())
            .map(at -> smooth(session, at));
    Look look = whom == null ? Look.ALL : whom.look;
    if (hierarchical && look != Look.ALL) {
      throw new UsageError("--hierarchical is for --cross-frame all");
    }
    return Optional.of(new Across(look, smoothing, hierarchical));
  }

  private Smooth smooth(Session session, List<Double> at) {
    String by = how == null ? "flow" : how.strip();
    if (by.isEmpty()) {
      throw new UsageError("--smoother is empty: say flow, mean, a .onnx file or a model");
    }
    return switch (by) {
      case "flow" -> new Smooth(at, By.FLOW);
      case "mean" -> new Smooth(at, By.MEAN);
      default -> {
        boolean file = by.toLowerCase(Locale.ROOT).endsWith(".onnx");
        yield new Smooth(
            at,
            By.FLOW,
            file ? Optional.of(SourceFile.of(session, "--smoother", by)) : Optional.empty(),
            file ? Optional.empty() : Optional.of(by));
      }
    };
  }

  /** What a method samples by, where nothing else was said. */
  static Wish wish(Wish said, String method) {
    if (!method.equals(MethodOption.CONTROL_VIDEO)) {
      return said;
    }
    Wish wish = said.sampler().isPresent() ? said : said.withSampler("ddim");
    wish = wish.steps().isPresent() ? wish : wish.withSteps(STEPS);
    return wish.guidance().isPresent() ? wish : wish.withGuidance(GUIDANCE);
  }
}
