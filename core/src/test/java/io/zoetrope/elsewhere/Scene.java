package io.zoetrope.elsewhere;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.PromptBlend;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.network.TestNetworks;
import io.zoetrope.pipeline.schedule.Sampling;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * One sampling of a clip.
 *
 * @param place puts tensors where the network is
 */
record Scene(Family family, Sampling sampling, UnaryOperator<Tensor> place) {
  static final int FRAMES = 3;
  static final int STEPS = 2;
  static final Noise NOISE = Noise.of(new RandomStreams(7));

  private static final int SIDE = 8;

  static Scene of(Family family, String sampler, UnaryOperator<Tensor> place) {
    return new Scene(family, family.scheduling().sampling(sampler, STEPS), place);
  }

  static Tensor latents(String name, long channels, long frames) {
    return TestNetworks.normal(name, 1, channels, frames, SIDE, SIDE);
  }

  /** Clean content. */
  Tensor given() {
    return place.apply(latents("given", family.channels(), FRAMES));
  }

  /** One text, and what the family is told beside it. */
  Conditioning told(String name) {
    return Conditioning.text(
            place.apply(TestNetworks.normal(name, 1, 5, family.textWidth())),
            place.apply(Tensors.full(1, 1, 5).to(ScalarType.Bool)))
        .withPooled(place.apply(TestNetworks.normal(name + ".pooled", 1, family.textWidth())))
        .and(family.shown(place));
  }

  X0Denoiser network() {
    return X0Denoiser.of(
        family.make().apply(place), sampling.schedule(), family.scheduling().toPrediction());
  }

  /** Frames that begin later, one that is held and a step that is made again. */
  TimestepPlan plan() {
    return TimestepPlan.uniform(sampling.levels(), FRAMES)
        .stagger(1)
        .hold(f -> f == FRAMES - 1, 0)
        .resample(0, 1, 1);
  }

  Tensor run(X0Denoiser denoiser, Conditioning conditioning) {
    return run(denoiser, conditioning, plan(), given(), NOISE);
  }

  Tensor run(
      X0Denoiser denoiser,
      Conditioning conditioning,
      TimestepPlan plan,
      Tensor given,
      Noise noise) {
    Tensor start = SamplerLoop.start(plan, sampling.schedule(), given, noise);
    return new SamplerLoop(sampling.sampler(), PromptBlend.of(denoiser, conditioning))
        .run(plan, start, noise, Progress.NONE);
  }
}
