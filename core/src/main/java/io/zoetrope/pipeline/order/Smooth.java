package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.sampler.X0Edit;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Smoother;
import io.zoetrope.pipeline.schedule.Samplers;
import io.zoetrope.pipeline.task.PlannedFrames;
import io.zoetrope.pixels.FlowInterpolator;
import io.zoetrope.pixels.FrameInterpolator;
import io.zoetrope.pixels.GraphInterpolator;
import io.zoetrope.pixels.GraphRuntime;
import io.zoetrope.pixels.TensorGraph;
import io.zoetrope.record.Default;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * Frames are smoothed while they are sampled ({@link Smoother}).
 *
 * @param at how far down the way each step of it is: fractions that rise, from 0 to below 1
 * @param by what makes a frame of its neighbours
 * @param network in a file of ONNX that makes it in place of that
 * @param model of videos that makes it in place of that, as it makes what lies between two pictures
 */
public record Smooth(
    @Default("[0.6, 0.62]") List<Double> at,
    @Default("flow") By by,
    Optional<Path> network,
    Optional<String> model) {
  /** The paper's steps 30 and 31 of 50. */
  public static final Smooth USUAL = new Smooth(List.of(0.6, 0.62), By.FLOW);

  /** By a method that needs no network. */
  public Smooth(List<Double> at, By by) {
    this(at, by, Optional.empty(), Optional.empty());
  }

  /** What makes a frame of its neighbours. */
  public enum By {
    /** Their mean. */
    MEAN(FrameInterpolator.MEAN),
    /** What is half way between them. */
    FLOW(new FlowInterpolator());

    private final FrameInterpolator between;

    By(FrameInterpolator between) {
      this.between = between;
    }
  }

  public Smooth {
    at = List.copyOf(at);
    if (network.isPresent() && model.isPresent()) {
      throw Checks.wrong("network and model each say what makes frames between: leave one out");
    }
    if (!Smoother.rising(at)) {
      throw Checks.wrong("frames are smoothed at fractions that rise from 0 to below 1, not " + at);
    }
  }

  /** Requires that a wish goes with it. */
  void check(Wish wish) {
    wish.sampler()
        .filter(name -> !Samplers.of(name).straight())
        .ifPresent(name -> {
          throw Checks.wrong(
              "frames cannot be smoothed within the steps of the sampler %s: take ddim, euler or flow-euler"
                  .formatted(name));
        });
  }

  /** Looks at what it needs. */
  void ready(SourceFiles files) {
    network.ifPresent(path -> GraphRuntime.check(files.sources().file(path.toString())));
  }

  /** The same with names of models that last. */
  Smooth naming(UnaryOperator<String> lasting) {
    return new Smooth(at, by, network, model.map(lasting));
  }

  /**
   * What smooths the videos of an engine.
   *
   * @param making whose second engine is that of the model between frames, if there is one
   */
  X0Edit over(Engine engine, Making making) {
    if (model.isPresent()) {
      return new Smoother(at, new PlannedFrames(making.second(), making.request())).over(engine);
    }
    return network
        .map(path -> making.files().sources().file(path.toString()))
        .<X0Edit>map(path -> new Smoother(at, (a, b, t) -> made(path, a, b, t)).over(engine))
        .orElseGet(() -> new Smoother(at, by.between).over(engine));
  }

  /** It is opened anew for each of the few steps, and so no longer held than needed. */
  private static Tensor made(Path path, Tensor a, Tensor b, double t) {
    try (TensorGraph graph = GraphRuntime.found().open(path)) {
      return new GraphInterpolator(graph).between(a, b, t);
    }
  }
}
