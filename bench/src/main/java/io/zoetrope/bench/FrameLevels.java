package io.zoetrope.bench;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.ClassifierFreeGuidance;
import io.zoetrope.diffusion.guidance.PromptBlend;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.Sampler;
import io.zoetrope.network.Work;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.pipeline.schedule.Samplers;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** What per-frame time costs: a sampling step with 16 levels against one with a single level. */
final class FrameLevels {
  static final int FRAMES = 16;

  private FrameLevels() {}

  static Table run(double budget) {
    Table table =
        new Table(
            "frames",
            "A sampling step with 16 different levels against one with a single level",
            "sampler",
            "size",
            "pairs",
            "median ratio",
            "95 % from",
            "to");
    List<String> samplers = List.of("flow-euler", "ddim", "dpm++2m");
    for (String sampler : samplers) {
      PairedRatio ratio = compare(sampler, budget / samplers.size());
      table.row(sampler, "toybox", ratio.pairs(), ratio.median(), ratio.low(), ratio.high());
    }
    return table;
  }

  private static PairedRatio compare(String name, double budget) {
    DitConfig config = DitConfig.size("toybox");
    Work.Input in = new Work.Input(1, FRAMES, 8, 8, 24);
    try (Networks networks = new Networks(config, Precision.F32)) {
      return Scopes.value(() -> {
        Conditioning text = Networks.text(config, in);
        X0Denoiser guided = guided(networks, text);
        Tensor z = Networks.latents(config, in);
        double[] from = new double[FRAMES];
        double[] to = new double[FRAMES];
        for (int frame = 0; frame < FRAMES; frame++) {
          from[frame] = 0.9 - 0.05 * frame;
          to[frame] = from[frame] - 0.04;
        }
        Runnable many =
            step(name, guided, text, z, Tensors.of(from, 1, FRAMES), Tensors.of(to, 1, FRAMES));
        Runnable one = step(name, guided, text, z, same(0.5), same(0.46));
        double pair = Timing.once(many) + Timing.once(one);
        return PairedRatio.of((int) Math.clamp(budget / pair, 21, 500), many, one);
      });
    }
  }

  /** A flow network with guidance. */
  static X0Denoiser guided(Networks networks, Conditioning text) {
    return new ClassifierFreeGuidance(
        X0Denoiser.of(networks.network(), NoiseSchedule.flow(1), Prediction.of("flow")), text, 3.0);
  }

  /** Every frame at one level. */
  static Tensor same(double level) {
    double[] row = new double[FRAMES];
    Arrays.fill(row, level);
    return Tensors.of(row, 1, FRAMES);
  }

  static Runnable step(
      String name, X0Denoiser denoiser, Conditioning text, Tensor z, Tensor from, Tensor to) {
    Noise noise = Noise.of(new RandomStreams(1));
    return () ->
        Scopes.noGrad(() -> {
          try (Sampler.Run run = Samplers.of(name).begin(PromptBlend.of(denoiser, text), noise)) {
            return run.step(z, from, to);
          }
        });
  }
}
