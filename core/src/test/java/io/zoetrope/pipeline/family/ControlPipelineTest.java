package io.zoetrope.pipeline.family;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.ClassifierFreeGuidance;
import io.zoetrope.diffusion.guidance.PromptBlend;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.network.ControlNetwork;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.nn.Holding;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.Hints;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.pipeline.schedule.Sampling;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Against StableDiffusionControlNetPipeline of diffusers, each frame under a hint of its own. */
class ControlPipelineTest {
  private static final double MARK = 1e-4;

  private static Tensor clip(Tensor rows) {
    return rows.transpose(0, 1).unsqueeze(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ddim.1", "ddim.2", "euler.1", "euler.2"})
  void wholePipelines(String name) {
    int count = name.endsWith("1") ? 1 : 2;
    try (Parity parity = Parity.of("pipelines/control")) {
      Path canny = parity.folder().resolve("../../control/canny").normalize();
      Component image = Component.diffusion(canny.resolve("image"));
      List<ControlChoice> choices =
          List.of(new ControlChoice(canny, 0.8), new ControlChoice(canny.resolve("second"), 0.4));
      ModelChoice choice = ModelChoice.of(canny).withControls(choices.subList(0, count));
      UNetConfig still = DiffusersConfig.unet(image.config(JsonNode.class));
      List<ParameterStore> stores = new ArrayList<>();
      try (WeightSet weights = image.open(Optional.empty());
          ModelFiles files = ModelFiles.open(canny)) {
        Holding holding = Holding.mapped(Precision.F32);
        stores.add(ParameterStore.of(weights.tensors(), holding));
        VideoNetwork unet = still.build(stores.getFirst().root());
        List<ControlNetwork> controls = new ArrayList<>();
        for (Part<ControlNetwork> part : Controls.parts(files, choice, still, holding)) {
          stores.add(ParameterStore.of(part.weights().orElseThrow().tensors(), part.holding()));
          controls.add(part.make().apply(stores.getLast().root()));
        }
        JsonNode config =
            JsonFiles.read(parity.folder().resolve("schedulers.json"), JsonNode.class)
                .get(name.substring(0, name.length() - 2));
        run(
            parity,
            name,
            count,
            Controls.join(choice, unet, controls, Optional.empty()),
            new DiffusersScheduler(config));
      } finally {
        stores.forEach(ParameterStore::close);
      }
    }
  }

  private static void run(
      Parity parity, String name, int count, VideoNetwork network, DiffusersScheduler scheduler) {
    Scopes.run(() -> {
      Sampling sampling = scheduler.sampling(scheduler.sampler(), 5);
      List<Hints.Hint> hints = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        hints.add(new Hints.Hint(clip(parity.get("hint." + i)), Optional.empty()));
      }
      X0Denoiser guided =
          new ClassifierFreeGuidance(
              X0Denoiser.of(network, sampling.schedule(), scheduler.toPrediction()),
              Conditioning.text(parity.get("negative")),
              6);
      Conditioning shown =
          Conditioning.text(parity.get("text")).and(new Hints(hints).conditioning());
      Tensor start = clip(parity.get("start"));
      TimestepPlan plan = TimestepPlan.uniform(sampling.levels(), 3);
      Noise noise = Noise.of(new RandomStreams(1)).with(Noise.Given.start(start, 0));
      Tensor begun =
          SamplerLoop.start(plan, sampling.schedule(), Tensors.zeros(1, 4, 3, 6, 5), noise);
      Tensor end =
          new SamplerLoop(sampling.sampler(), PromptBlend.of(guided, shown))
              .run(plan, begun, noise, Progress.NONE);
      parity.check(name, end.squeeze(0).transpose(0, 1), MARK);
    });
  }
}
