package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.Threshold;
import io.zoetrope.diffusion.X0Denoiser;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * UniPC (Zhao et al., "UniPC: A Unified Predictor-Corrector Framework for Fast Sampling of
 * Diffusion Models", 2023, algorithms 5 to 8, predicting x0): each answer of the denoiser first
 * corrects the step that led there, then predicts the next; one call a step. With {@code lambda =
 * ln(alpha / sigma)} and {@code h = lambda_s - lambda_t}, a step from t to s is {@code (sigma_s /
 * sigma_t) z + alpha_s (1 - e^-h) x0} and more terms in differences of x0.
 *
 * <p>Frame by frame: a frame is corrected where the step before led it down to where it is now, and
 * its order is no higher than its own steps without a break; so a frame that was held or noised
 * again starts anew.
 *
 * @param order 1 or 2
 * @param scale B(h) of the paper
 * @param last the order of the step that ends at level 0
 * @param threshold of x0
 */
public record UniPc(int order, Scale scale, DpmSolverPlusPlus2M.Last last, Threshold threshold)
    implements Sampler {
  /** B(h). */
  public enum Scale {
    /** {@code h}. */
    BH1,

    /** {@code 1 - e^-h}. */
    BH2
  }

  public UniPc {
    if (order != 1 && order != 2) {
      throw new IllegalArgumentException("UniPC of order 1 or 2, not " + order);
    }
  }

  /** Of order 2. */
  public UniPc() {
    this(2, Scale.BH2, DpmSolverPlusPlus2M.Last.FIRST_ORDER, Threshold.NONE);
  }

  @Override
  public Run begin(X0Denoiser denoiser, Noise noise) {
    return new Corrected(denoiser, noise);
  }

  private final class Corrected extends Run {
    private final History answers = new History(2);
    private final History videos = new History(1);

    Corrected(X0Denoiser denoiser, Noise noise) {
      super(denoiser, noise);
    }

    @Override
    protected Tensor fall(Move move) {
      Tensor x0 = threshold.apply(x0(move.z(), move.u_BF()));
      Tensor z = answers.length() > 0 ? corrected(move, x0) : move.z();
      Tensor next = predicted(move, z, x0);
      answers.add(x0, move);
      videos.add(z, move);
      return next;
    }

    /** The video where the step before should have led, now that x0 there is known. */
    private Tensor corrected(Move move, Tensor x0) {
      Tensor before = answers.value(0);
      Tensor made =
          videos
              .value(0)
              .mul(move.perFrame((b, f) -> back(move, b, f).keeps()))
              .add(before.mul(move.perFrame((b, f) -> back(move, b, f).gains())))
              .add(x0.sub(before).mul(move.perFrame((b, f) -> nearWeight(move, b, f))));
      if (answers.length() > 1) {
        Tensor far = answers.value(1).sub(before);
        made = made.add(far.mul(move.perFrame((b, f) -> farWeight(move, b, f))));
      }
      return torch.where(move.maskFrames((b, f) -> answers.reach(move, b, f) > 0), made, move.z());
    }

    private Tensor predicted(Move move, Tensor z, Tensor x0) {
      Tensor next =
          z.mul(move.coefficient((t, s) -> new Span(t, s).keeps()))
              .add(x0.mul(move.coefficient((t, s) -> new Span(t, s).gains())));
      return answers.length() == 0 || order == 1
          ? next
          : next.add(answers.value(0).sub(x0).mul(move.perFrame((b, f) -> ahead(move, b, f))));
    }

    /** The step that led a frame to where it is. */
    private Span back(Move move, long clip, long frame) {
      return answers.reach(move, clip, frame) == 0
          ? Span.NONE
          : new Span(answers.from(0, clip, frame), move.from().at(clip, frame));
    }

    /** Whether a frame's last step was of second order. */
    private boolean wasSecond(Move move, long clip, long frame) {
      return order == 2 && answers.reach(move, clip, frame) > 1 && ratio(move, clip, frame) < 0;
    }

    /** Of the step before the last over the last, both in lambda: below 0; 0 where it is none. */
    private double ratio(Move move, long clip, long frame) {
      Span span = back(move, clip, frame);
      double r =
          new Span(answers.from(0, clip, frame), answers.from(1, clip, frame)).h() / span.h();
      return Double.isFinite(r) ? r : 0;
    }

    /** Weight of what changed since the answer before. */
    private double nearWeight(Move move, long clip, long frame) {
      if (answers.reach(move, clip, frame) == 0) {
        return 0;
      }
      Span span = back(move, clip, frame);
      if (!wasSecond(move, clip, frame)) {
        return 0.5 * span.scaled(scale);
      }
      double r = ratio(move, clip, frame);
      return span.scaled(scale) * (span.moment(scale) - r * span.sum(scale)) / (1 - r);
    }

    /** Weight of what the answer before that was away from it. */
    private double farWeight(Move move, long clip, long frame) {
      if (!wasSecond(move, clip, frame)) {
        return 0;
      }
      Span span = back(move, clip, frame);
      double r = ratio(move, clip, frame);
      return span.scaled(scale) * (span.sum(scale) - span.moment(scale)) / (1 - r) / r;
    }

    /** Weight in the next step of what the answer before this one was away from it. */
    private double ahead(Move move, long clip, long frame) {
      NoiseLevel t = move.from().at(clip, frame);
      NoiseLevel s = move.to().at(clip, frame);
      if (answers.reach(move, clip, frame) == 0
          || s.u() >= t.u()
          || (s.u() == 0 && last == DpmSolverPlusPlus2M.Last.FIRST_ORDER)) {
        return 0;
      }
      Span span = new Span(t, s);
      double r = new Span(t, answers.from(0, clip, frame)).h() / span.h();
      return Double.isFinite(r) && r < 0 ? 0.5 * span.scaled(scale) / r : 0;
    }

    @Override
    public Optional<Map<String, Tensor>> past(int step) {
      return answers
          .past("answers", step)
          .flatMap(said ->
              videos
                  .past("videos", step)
                  .map(seen -> {
                    Map<String, Tensor> all = new LinkedHashMap<>(said);
                    all.putAll(seen);
                    return all;
                  }));
    }

    @Override
    public void recall(Map<String, Tensor> kept, IntFunction<Leg> legs) {
      answers.recall("answers", kept, legs);
      videos.recall("videos", kept, legs);
    }

    @Override
    public void slide(int dropped, int added) {
      super.slide(dropped, added);
      answers.slide(dropped, added);
      videos.slide(dropped, added);
    }

    @Override
    public void close() {
      answers.close();
      videos.close();
    }
  }

  /** From one level to another. */
  private record Span(NoiseLevel t, NoiseLevel s) {
    /** From a level to itself, of which nothing is asked. */
    static final Span NONE = new Span(new NoiseLevel(1, 1, 1), new NoiseLevel(1, 1, 1));

    double h() {
      return 0.5 * (s.logSnr() - t.logSnr());
    }

    /** What is left of the video. */
    double keeps() {
      return s.sigma() / t.sigma();
    }

    /** What it gains of x0: {@code alpha_s (1 - e^-h)}, finite at both ends. */
    double gains() {
      return s.alpha() - t.alpha() * keeps();
    }

    /** {@code alpha_s B(h)}. */
    double scaled(Scale scale) {
      return scale == Scale.BH2 || !Double.isFinite(h()) ? gains() : s.alpha() * h();
    }

    /** What the weights of the differences of x0 add up to. */
    double sum(Scale scale) {
      double x = -h();
      return (Math.expm1(x) / x - 1) / over(scale, x);
    }

    /** The same of weights times their places, the end of the step being 1. */
    double moment(Scale scale) {
      double x = -h();
      return 2 * ((Math.expm1(x) / x - 1) / x - 0.5) / over(scale, x);
    }

    private static double over(Scale scale, double x) {
      return scale == Scale.BH2 ? Math.expm1(x) : x;
    }
  }
}
