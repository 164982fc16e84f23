package io.zoetrope.bench;

import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.ToyboxAnalyser;
import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.PredictorCorrector;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.eval.features.FeatureSet;
import io.zoetrope.eval.features.FrechetDistance;
import io.zoetrope.eval.features.VideoFeatures;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Ancestral sampling against the predictor-corrector at equal network calls (Ho et al. 2022): N
 * steps with c corrections ask the network {@code N + c (N - 1)} times, so a budget of K calls buys
 * {@code (K + c) / (1 + c)} steps, rounded down.
 */
final class VdmPredictorCorrector {
  static final List<String> OPTIONS = List.of("--calls", "--corrections", "--gamma", "--delta");

  private VdmPredictorCorrector() {}

  static Table run(Arguments a) {
    try (VideoModel model = VideoModel.load(ModelChoice.of(a.required("--model")))) {
      Engine engine = new Engine(model);
      int clips = a.whole("-n", 1, 32);
      Reference prompts = Reference.any(model.defaults(), clips, a.whole("--seed", 0, 0));
      Reference others = Reference.any(model.defaults(), clips, 1_000_003L + prompts.data().seed());
      Optional<VideoFeatures> extractor = Reference.extractor(a.path("--features"));
      int frames = model.defaults().frames();
      Optional<FeatureSet> real = extractor.map(e -> others.features(e, new int[] {0}, frames));
      Table table =
          new Table(
              "vdm-predictor-corrector",
              "%s clips; gamma %s, delta %s"
                  .formatted(clips, a.number("--gamma", 0), a.number("--delta", 0.1)),
              "corrections",
              "steps",
              "calls",
              "Frechet",
              "for N = inf",
              "adherence",
              "s a clip");
      for (String budget : a.list("--calls", "17,33,65")) {
        for (String each : a.list("--corrections", "0,1,3")) {
          int calls = (int) Arguments.number("--calls", budget);
          int corrections = (int) Arguments.number("--corrections", each);
          int steps = (calls + corrections) / (1 + corrections);
          if (steps < 1) {
            throw new IllegalArgumentException("--calls must be at least 1, not " + budget);
          }
          PredictorCorrector sampler =
              new PredictorCorrector(a.number("--gamma", 0), corrections, a.number("--delta", 0.1));
          Score score = new Score(extractor);
          double start = Clock.seconds();
          sample(engine, a, prompts, sampler, steps, score);
          double seconds = (Clock.seconds() - start) / clips;
          Optional<FrechetDistance> distance =
              real.map(r -> FrechetDistance.between(score.features, r, 1));
          table.row(
              corrections,
              steps,
              steps + corrections * (steps - 1),
              distance.<Object>map(FrechetDistance::distance).orElse("-"),
              distance.<Object>map(FrechetDistance::extrapolated).orElse("-"),
              (double) score.right / clips,
              seconds);
          System.err.printf("%d corrections, %d steps: done%n", corrections, steps);
        }
      }
      extractor.ifPresent(VideoFeatures::close);
      return table;
    }
  }

  /** What is counted of one way of sampling. */
  private static final class Score {
    private final Optional<VideoFeatures> extractor;
    private final FeatureSet features = new FeatureSet();
    private int right;

    Score(Optional<VideoFeatures> extractor) {
      this.extractor = extractor;
    }

    void add(Engine engine, Reference prompts, int clip, Tensor z_1CFHW) {
      Tensor x = engine.pixels(z_1CFHW);
      extractor.ifPresent(e -> features.add(e, x));
      var video = FrameTensors.toVideo(x.select(0, 0), prompts.data().fps());
      var scene = prompts.data().scene(prompts.scenes()[clip]);
      right += Adherence.of(ToyboxAnalyser.analyse(video), scene).all() ? 1 : 0;
    }
  }

  private static void sample(
      Engine engine,
      Arguments a,
      Reference prompts,
      PredictorCorrector sampler,
      int steps,
      Score score) {
    int batch = a.whole("--batch", 1, 4);
    for (int from = 0; from < prompts.size(); from += batch) {
      int first = from;
      int count = Math.min(batch, prompts.size() - from);
      Scopes.run(() -> {
        List<VideoRequest> requests = new ArrayList<>();
        for (int clip = first; clip < first + count; clip++) {
          requests.add(request(engine, a, prompts.caption(clip), clip, steps));
        }
        Tensor z = latents(engine, requests, sampler);
        IntStream.range(0, count)
            .forEach(
                i -> Scopes.run(() -> score.add(engine, prompts, first + i, z.narrow(0, i, 1))));
      });
    }
  }

  private static VideoRequest request(
      Engine engine, Arguments a, String prompt, int clip, int steps) {
    ModelIndex.Defaults d = engine.model().defaults();
    return VideoRequest.of(prompt, 10_000L * a.whole("--seed", 0, 0) + clip, d)
        .withSteps(steps)
        .withGuidance(a.number("--guidance", d.guidance()))
        .withSampler("ancestral-pc");
  }

  private static Tensor latents(
      Engine engine, List<VideoRequest> requests, PredictorCorrector sampler) {
    int frames = requests.getFirst().frames();
    return Scopes.noGrad(() ->
        Scopes.tensor(() -> {
          TimestepPlan plan = Plans.textToVideo(engine.levels(requests.getFirst().steps()), frames);
          X0Denoiser guided =
              engine.guided(
                  requests,
                  requests.stream().map(r -> List.of(r.prompt())).toList(),
                  Sight.whole());
          Noise noise =
              new Noise(
                  requests.stream().map(r -> new RandomStreams(r.seed()).child("clip", 0)).toList(),
                  0);
          Tensor start =
              SamplerLoop.start(plan, guided.schedule(), engine.canvas(requests, frames), noise);
          return new SamplerLoop(sampler, guided).run(plan, start, noise, Progress.NONE);
        }));
  }
}
