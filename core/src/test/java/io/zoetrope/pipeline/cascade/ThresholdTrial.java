package io.zoetrope.pipeline.cascade;

import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxAnalyser;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.DynamicThresholding;
import io.zoetrope.diffusion.guidance.DynamicThresholding.Bound;
import io.zoetrope.eval.AdherenceRates;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Figures of docs/methods/imagen-video.md: what dynamic thresholding and oscillating guidance do at
 * high guidance, on single frames of 32x32. A main, for it takes minutes. Arguments: folder of a
 * model of pixels, how many frames, steps.
 *
 * <p>The model's sampler clips nothing, so the plain way is clipped once, as pixels become bytes;
 * the one that is clipped at each step is what dynamic thresholding is compared with in its paper.
 */
public final class ThresholdTrial {
  private static final int SIDE = 32;
  private static final long SEED = 5;
  private static final int BATCH = 24;

  /** Steps that are guided as said before guidance oscillates. */
  private static final int FIRST = 4;

  private static final double[] GUIDANCE = {1, 3, 6, 10, 15};

  private ThresholdTrial() {}

  /**
   * How frames are made.
   *
   * @param bound what x0 is clipped to
   * @param oscillates whether guidance does
   */
  private record Way(String name, Optional<Bound> bound, boolean oscillates) {
    private static final Optional<Bound> DYNAMIC = Optional.of(Bound.of(0.95));

    static final List<Way> ALL =
        List.of(
            new Way("plain", Optional.empty(), false),
            new Way(
                "clipped to 1",
                Optional.of(new Bound(1, Optional.of(1.0), DynamicThresholding.Over.CLIP)),
                false),
            new Way("dynamic", DYNAMIC, false),
            new Way("oscillating", Optional.empty(), true),
            new Way("both", DYNAMIC, true));

    /**
     * An engine that works so and counts what it clips. A bound lies where {@link Engine#withBound}
     * puts it: around prompts and guidance.
     */
    Engine over(VideoModel model, List<double[]> beyond) {
      Engine engine =
          new Engine(model)
              .withGuide((denoiser, plan, given, noise) -> {
                X0Denoiser counted = new Counted(denoiser, beyond);
                return bound
                    .<X0Denoiser>map(b -> new DynamicThresholding(counted, b))
                    .orElse(counted);
              });
      return oscillates ? engine.withOscillation(FIRST) : engine;
    }
  }

  /**
   * Counts what of each estimate is beyond the range of pixels.
   *
   * @param beyond takes the share of each clip, 0 to 1, at each step
   */
  private record Counted(X0Denoiser base, List<double[]> beyond) implements X0Denoiser {
    @Override
    public NoiseSchedule schedule() {
      return base.schedule();
    }

    @Override
    public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
      Tensor x0 = base.x0(z_BCFHW, u_BF, conditioning);
      Tensor out = x0.abs().gt(new Scalar(1.0)).to(ScalarType.Float);
      beyond.add(Tensors.toDoubles(Ops.mean(out, 1, 2, 3, 4)));
      return x0;
    }
  }

  /** What frames of one way look like, clip by clip. */
  private static final class Looks {
    private final List<Adherence> adherence = new ArrayList<>();
    private final List<Double> saturation = new ArrayList<>();
    private final List<Double> always = new ArrayList<>();
    private final List<Double> last = new ArrayList<>();

    void add(ToyClip asked, Frame frame) {
      // Two frames, for the analyser looks for motion, of which nothing is asked.
      Video still = new Video(Collections.nCopies(2, frame), 1);
      adherence.add(Adherence.of(ToyboxAnalyser.analyse(still), asked.prompt()));
      saturation.add(saturation(frame));
    }

    /** Shares that were counted of a batch, step by step. */
    void beyond(List<double[]> shares) {
      for (int b = 0; b < shares.getFirst().length; b++) {
        int clip = b;
        always.add(shares.stream().mapToDouble(s -> s[clip]).average().orElse(Double.NaN));
        last.add(shares.getLast()[clip]);
      }
    }

    /** Saturation and what is right, beside rendered frames of the same prompts. */
    String line(Looks rendered) {
      List<Double> less = new ArrayList<>();
      for (int i = 0; i < saturation.size(); i++) {
        less.add(saturation.get(i) - rendered.saturation.get(i));
      }
      AdherenceRates rates = AdherenceRates.of(adherence);
      return "saturation %s, less that of rendered %s; colour %s, shape %s"
          .formatted(
              TrialScores.brief(saturation),
              TrialScores.brief(less),
              rates.colour(),
              rates.shape());
    }
  }

  /** Runs it; a line for rendered frames, then for each guidance and way. */
  public static void main(String[] args) {
    int count = Integer.parseInt(args[1]);
    int steps = Integer.parseInt(args[2]);
    List<ToyClip> clips =
        ToyClip.of(new ToyboxDataset(SEED, Split.HELD_OUT, SIDE, SIDE, 1, 4), count);
    Looks rendered = new Looks();
    clips.forEach(clip -> rendered.add(clip, clip.video().frames().getFirst()));
    System.out.println("rendered: " + rendered.line(rendered));
    try (VideoModel model = VideoModel.load(ModelChoice.of(Path.of(args[0]), "f32"))) {
      for (double guidance : GUIDANCE) {
        for (Way way : Way.ALL) {
          Looks looks = looks(model, way, clips, guidance, steps);
          System.out.printf(
              "guidance %s, %s: beyond 1 at all steps %s, at the last %s; %s%n",
              guidance,
              way.name,
              TrialScores.brief(looks.always),
              TrialScores.brief(looks.last),
              looks.line(rendered));
        }
      }
    }
  }

  private static Looks looks(
      VideoModel model, Way way, List<ToyClip> clips, double guidance, int steps) {
    Looks looks = new Looks();
    for (int from = 0; from < clips.size(); from += BATCH) {
      List<ToyClip> some = clips.subList(from, Math.min(clips.size(), from + BATCH));
      List<VideoRequest> requests = new ArrayList<>();
      for (ToyClip clip : some) {
        requests.add(
            VideoRequest.of(clip.prompt().text(), SEED + from + requests.size(), model.defaults())
                .withSize(SIDE, SIDE)
                .withFrames(1)
                .withSteps(steps)
                .withGuidance(guidance));
      }
      List<double[]> beyond = new ArrayList<>();
      Engine engine = way.over(model, beyond);
      Scopes.run(() -> {
        Tensor z = new TextToVideo(engine).latents(requests, Progress.NONE);
        for (int b = 0; b < some.size(); b++) {
          looks.add(some.get(b), engine.decode(z.narrow(0, b, 1), 1).frames().getFirst());
        }
      });
      looks.beyond(beyond);
    }
    return looks;
  }

  /** Mean saturation of HSV over a frame, 0 to 1. */
  private static double saturation(Frame frame) {
    byte[] rgb = frame.rgb();
    double sum = 0;
    for (int at = 0; at < rgb.length; at += 3) {
      double[] of = {rgb[at] & 255, rgb[at + 1] & 255, rgb[at + 2] & 255};
      double most = DoubleStream.of(of).max().orElseThrow();
      double least = DoubleStream.of(of).min().orElseThrow();
      sum += most == 0 ? 0 : (most - least) / most;
    }
    return sum / (rgb.length / 3.0);
  }
}
