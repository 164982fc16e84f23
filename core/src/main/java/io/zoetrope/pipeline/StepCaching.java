package io.zoetrope.pipeline;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.guidance.EasyCache;
import io.zoetrope.diffusion.guidance.Handover;
import io.zoetrope.diffusion.guidance.StepCache;
import io.zoetrope.diffusion.guidance.TeaCache;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.schedule.Sampling;
import io.zoetrope.progress.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * By which rule steps are left out.
 *
 * @param threshold up to which
 */
record StepCaching(Rule rule, double threshold) {
  /** Rules. */
  enum Rule {
    EASY("EasyCache"),
    TEA("TeaCache");

    private final String title;

    Rule(String title) {
      this.title = title;
    }
  }

  /**
   * What walks: a model, down some levels.
   *
   * @param pixels of a frame
   * @param refined the level at which a second model takes over; empty if none does
   */
  record Walk(VideoModel model, Sampling sampling, long pixels, OptionalDouble refined) {
    private Prediction prediction() {
      return model.scheduling().toPrediction();
    }

    /** The polynomial of the network; of Wan's two experts none is known. */
    private List<Double> polynomial() {
      return model.late().isPresent()
          ? List.of()
          : model.network().config().changePolynomial(pixels);
    }

    private TeaCache.Expected expected() {
      List<Double> takeOvers = new ArrayList<>();
      refined.ifPresent(takeOvers::add);
      double late =
          model.late().map(l -> Handover.levelBelow(sampling.schedule(), l.below())).orElse(0.0);
      model.late().ifPresent(l -> takeOvers.add(late));
      TeaCache.Modulated modulated =
          (z, levels) -> {
            // Of two networks that which answers, so that the other can rest.
            boolean above = levels.any(levels, (at, same) -> at.u() > late);
            VideoNetwork asked =
                above || model.late().isEmpty() ? model.network() : model.late().get().network();
            return modulated(asked, z, levels);
          };
      return new TeaCache.Expected(modulated, polynomial(), takeOvers);
    }

    private Tensor modulated(VideoNetwork network, Tensor z, Levels levels) {
      Prediction prediction = prediction();
      Tensor scaled = z.mul(levels.coefficient(prediction::inputScale, z));
      Tensor t_BF = levels.t_BF().to(z.device(), ScalarType.Float);
      return network
          .modulated(scaled, t_BF)
          .orElseThrow(() -> new IllegalStateException("a network that is modulated nowhere"));
    }
  }

  private StepCache around(X0Denoiser denoiser, Walk walk) {
    double[] levels = walk.sampling.levels();
    return switch (rule) {
      case EASY -> new EasyCache(denoiser, walk.prediction(), threshold, levels);
      case TEA -> new TeaCache(denoiser, walk.prediction(), threshold, levels, walk.expected());
    };
  }

  /** What stands in front of a note. */
  private String title(Walk walk) {
    return rule == Rule.TEA && walk.polynomial().isEmpty()
        ? "TeaCache (no coefficients are known for this network, changes count as they are)"
        : rule.title;
  }

  /** Walks by a denoiser, or by what it said before. */
  Tensor run(X0Denoiser denoiser, Walk walk, Progress progress, Function<X0Denoiser, Tensor> body) {
    try (StepCache cache = around(denoiser, walk)) {
      Tensor made = body.apply(cache);
      progress.note(
          cache.reused() == 0
              ? title(walk) + " changed nothing: no step was near enough to those before"
              : "%s: the network was not asked in %s of %s steps"
                  .formatted(title(walk), cache.reused(), cache.calls()));
      return made;
    }
  }
}
