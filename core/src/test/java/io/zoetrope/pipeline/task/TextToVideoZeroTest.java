package io.zoetrope.pipeline.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.ClassifierFreeGuidance;
import io.zoetrope.diffusion.guidance.PromptBlend;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.error.UserError;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.UNet;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.pipeline.schedule.Sampling;
import io.zoetrope.pipeline.task.TextToVideoZero.Background;
import io.zoetrope.pipeline.task.TextToVideoZero.Moments;
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
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Against TextToVideoZeroPipeline of diffusers, with its noise. */
class TextToVideoZeroTest {
  /** Of whole pipelines. */
  private static final double MARK = 1e-4;

  /** Rows of a batch as the frames of one clip. */
  private static Tensor clip(Tensor rows) {
    return rows.transpose(0, 1).unsqueeze(0);
  }

  private static Tensor rows(Tensor clip) {
    return clip.squeeze(0).transpose(0, 1);
  }

  @Test
  void motionFieldsAreTheReferences() {
    try (Parity parity = Parity.of("pipelines/zero")) {
      Scopes.run(() -> {
        for (int i = 0; i < 4; i++) {
          Tensor z = parity.get("field." + i + ".in");
          double[] motion = Tensors.toDoubles(parity.get("field." + i + ".motion"));
          MotionField field = new MotionField(motion[0], motion[1]);
          List<Tensor> moved = new ArrayList<>();
          long[] frames = {1, 2, 5};
          for (int k = 0; k < frames.length; k++) {
            moved.add(field.warp(z.narrow(0, k, 1), frames[k]));
          }
          Tensor expected = parity.get("field." + i + ".out");
          assertThat(Tensors.cat(moved, 0).equal(expected)).as("field %d", i).isTrue();
        }
      });
    }
  }

  @Test
  void wholePipelines() {
    try (Parity parity = Parity.of("pipelines/zero")) {
      Path unet = parity.folder().resolve("../../unet/sd1").normalize();
      Component component = Component.diffusion(unet);
      try (WeightSet weights = component.open(Optional.empty())) {
        ParameterStore store = ParameterStore.forInference(weights.tensors(), Precision.F32);
        UNet network =
            DiffusersConfig.unet(component.config(JsonNode.class))
                .inflated(Inflation.TEXT2VIDEO_ZERO)
                .build(store.root());
        check(parity, network, "near", new Moments(6, 8), new MotionField(12, 12));
        check(parity, network, "far", new Moments(2, 7), new MotionField(-310, 95));
        store.close();
      }
    }
  }

  private static void check(
      Parity parity, UNet network, String name, Moments moments, MotionField field) {
    DiffusersScheduler scheduler =
        new DiffusersScheduler(
            JsonFiles.read(parity.folder().resolve("scheduler_config.json"), JsonNode.class));
    Scopes.run(() -> {
      Sampling sampling = scheduler.sampling(scheduler.sampler(), 10);
      X0Denoiser guided =
          new ClassifierFreeGuidance(
              X0Denoiser.of(network, sampling.schedule(), scheduler.toPrediction()),
              Conditioning.text(parity.get("negative")),
              7.5);
      Tensor start = parity.get("start");
      Tensor fresh = parity.get("fresh");
      Noise noise =
          Noise.of(new RandomStreams(1))
              .with((use, draw, clip, frame) ->
                  Optional.of(
                      use.equals("text2video-zero")
                          ? fresh.select(0, frame - 1)
                          : start.select(0, frame)));
      TextToVideoZero task = new TextToVideoZero(field, Optional.of(moments), Optional.empty());
      TextToVideoZero.Sampled made =
          Scopes.noGrad(() ->
              task.sample(
                  new SamplerLoop(
                      sampling.sampler(),
                      PromptBlend.of(guided, Conditioning.text(parity.get("text")))),
                  sampling.levels(),
                  noise,
                  Tensors.zeros(1, 4, 1, 8, 12),
                  4,
                  Progress.NONE));
      parity.check(name + ".t1", rows(made.atT1()), MARK);
      parity.check(name + ".t0", rows(made.atT0()), MARK);
      parity.check(name + ".out", rows(made.end()), MARK);
    });
  }

  @Test
  void aSmoothedBackgroundIsTheFirstFramesMoved() {
    Scopes.run(() -> {
      Tensor z = clip(Tensors.of(new float[] {0, 1, 2, 3, 10, 11, 12, 13}, 2, 1, 1, 4));
      Tensor mask = Tensors.of(new float[] {1, 1, 0, 0}, 1, 1, 1, 1, 4);
      // 192 of 512 are one and a half of four, and half a pixel of the large picture less.
      MotionField one = new MotionField(192, 0);
      double[] all = Tensors.toDoubles(new Background(mask, 1).smooth(z, one));
      assertThat(all).containsExactly(0, 1, 2, 3, 10, 11, 3, 3);
      double[] part = Tensors.toDoubles(new Background(mask, 0.25).smooth(z, one));
      assertThat(part[6]).isCloseTo(12 - 0.25 * 9, within(1e-6));
      assertThat(new Background(mask, 0).smooth(z, one).equal(z)).isTrue();
      assertThatThrownBy(() -> new Background(mask, 2)).isInstanceOf(UserError.class);
      assertThatThrownBy(() -> new Background(mask.narrow(4, 0, 3), 1).smooth(z, one))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("mask");
    });
  }

  @Test
  void momentsFitAnyNumberOfSteps() {
    assertThat(Moments.of(50)).isEqualTo(new Moments(44, 47));
    for (int steps = 2; steps < 200; steps++) {
      Moments.of(steps).require(steps);
    }
    assertThatThrownBy(() -> new Moments(3, 3).require(10)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> new Moments(3, 10).require(10)).isInstanceOf(UserError.class);
  }
}
