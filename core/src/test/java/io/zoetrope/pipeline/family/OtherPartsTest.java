package io.zoetrope.pipeline.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.discrete.TimestepSpacing;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.KlConfig;
import io.zoetrope.network.vae.KlTemporalConfig;
import io.zoetrope.network.vae.TemporalDecoderWeights;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another autoencoder, another spacing of timesteps, modules that were distilled. */
class OtherPartsTest {
  private static final Path MODEL = TinyStableDiffusion.resource("reference/animatediff/model");

  @TempDir private Path temp;

  private static Tensor decoded(ModelChoice choice) {
    try (VideoModel model = VideoModel.load(choice)) {
      Tensor z = Tensors.full(0.4, 1, 4, 1, 3, 2);
      return Scopes.noGrad(() -> new Engine(model).pixels(z));
    }
  }

  private static ModelChoice plain() {
    return ModelChoice.of(MODEL, "f32");
  }

  private Path vae(String prefix, float more) {
    Path file = temp.resolve("other.safetensors");
    Path own = MODEL.resolve("vae/diffusion_pytorch_model.safetensors");
    Scopes.run(() -> {
      try (SafetensorsFile open = Safetensors.open(own)) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        open.tensors()
            .forEach((name, tensor) ->
                all.put(
                    prefix + name,
                    name.equals("decoder.conv_out.bias")
                        ? tensor.add(Tensors.full(more, 3))
                        : tensor));
        Safetensors.write(file, all, Map.of());
      }
    });
    return file;
  }

  @Test
  void anotherAutoencoderDecodes() {
    Scopes.run(() -> {
      Tensor own = decoded(plain());
      Tensor same = decoded(plain().withVae(Optional.of(vae("", 0))));
      assertThat(same.equal(own)).isTrue();
      Tensor folder = decoded(plain().withVae(Optional.of(MODEL.resolve("vae"))));
      assertThat(folder.equal(own)).isTrue();
      Tensor whole = decoded(plain().withVae(Optional.of(MODEL)));
      assertThat(whole.equal(own)).isTrue();
      Tensor other = decoded(plain().withVae(Optional.of(vae("", 0.5f))));
      Tensor difference = other.sub(own);
      assertThat(difference.to(ScalarType.Double).mean().item_double())
          .isCloseTo(0.5, org.assertj.core.data.Offset.offset(1e-4));
    });
  }

  /** A file by the names of the first code, alone and within a whole checkpoint. */
  @Test
  void filesOfTheFirstCodeAreRead() {
    Path directory = TinyStableDiffusion.write(temp.resolve("model"), ScalarType.Float);
    Path single = TinyStableDiffusion.singleFile(directory, temp.resolve("one.safetensors"));
    Path alone = temp.resolve("alone.safetensors");
    Scopes.run(() -> {
      try (SafetensorsFile open = Safetensors.open(single)) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        open.tensors()
            .forEach((name, tensor) -> {
              if (name.startsWith("first_stage_model.")) {
                all.put(name.substring("first_stage_model.".length()), tensor);
              }
            });
        Safetensors.write(alone, all, Map.of());
      }
      ModelChoice choice = ModelChoice.of(directory, "f32");
      Tensor own = decoded(choice);
      assertThat(decoded(choice.withVae(Optional.of(single))).equal(own)).isTrue();
      assertThat(decoded(choice.withVae(Optional.of(alone))).equal(own)).isTrue();
    });
  }

  /** Stable Video Diffusion's decoder behind another model, as a folder and by both names. */
  @Test
  void aDecoderOverTimeStandsBehindAnyModelOfItsScale() {
    Path fixture = TinyStableDiffusion.resource("reference/temporal_decoder/svd");
    Scopes.run(() -> {
      KlTemporalConfig config =
          new KlTemporalConfig(
              new KlConfig(List.of(8, 8, 16, 16), 2, 4, 4, 64, 0.18215, 0, true, false, true));
      Map<String, Tensor> weights = TemporalDecoderWeights.of(config);
      Component folder = Component.diffusion(temp.resolve("vae"));
      folder.write(config, weights, ScalarType.Float);
      Path directory = TinyStableDiffusion.write(temp.resolve("model"), ScalarType.Float);
      ModelChoice choice = ModelChoice.of(directory, "f32");
      Tensor one = decoded(choice.withVae(Optional.of(folder.folder())));
      assertThat(one.equal(decoded(choice))).isFalse();
      Path diffusers = folder.folder().resolve("diffusion_pytorch_model.safetensors");
      Path original = TemporalDecoderWeights.original(fixture, weights, "first_stage_model.", temp);
      for (Path file : List.of(diffusers, original)) {
        assertThat(decoded(choice.withVae(Optional.of(file))).equal(one)).isTrue();
      }
      KlTemporalConfig other =
          new KlTemporalConfig(
              new KlConfig(List.of(8, 8, 16, 16), 2, 4, 4, 64, 0.13025, 0, true, false, true));
      Component scaled = Component.diffusion(temp.resolve("scaled"));
      scaled.write(other, weights, ScalarType.Float);
      assertThatThrownBy(() -> decoded(choice.withVae(Optional.of(scaled.folder()))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("scales latents by 0.13025, the model by 0.18215")
          .message()
          .hasLineCount(1);
    });
  }

  @Test
  void aDecoderOverTimeThatIsNotWholeIsRefused() {
    Scopes.run(() -> {
      KlTemporalConfig config =
          new KlTemporalConfig(
              new KlConfig(List.of(8, 8, 16, 16), 2, 4, 4, 64, 0.18215, 0, true, false, true));
      Map<String, Tensor> weights = new LinkedHashMap<>(TemporalDecoderWeights.of(config));
      weights.remove("decoder.up_blocks.1.resnets.0.time_mixer.mix_factor");
      Component folder = Component.diffusion(temp.resolve("vae"));
      folder.write(config, weights, ScalarType.Float);
      Path directory = TinyStableDiffusion.write(temp.resolve("model"), ScalarType.Float);
      ModelChoice choice = ModelChoice.of(directory, "f32");
      assertThatThrownBy(() -> decoded(choice.withVae(Optional.of(folder.folder()))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("time_mixer.mix_factor")
          .message()
          .hasLineCount(1);
      weights.put("decoder.up_blocks.1.resnets.0.time_mixer.mix_factor", Tensors.zeros(2));
      folder.write(config, weights, ScalarType.Float);
      assertThatThrownBy(() -> decoded(choice.withVae(Optional.of(folder.folder()))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("time_mixer.mix_factor")
          .message()
          .hasLineCount(1);
    });
  }

  @Test
  void autoencodersOfOtherFamiliesAreRefused() {
    Path wide = TinyStableDiffusion.resource("reference/vae/wide");
    assertThatThrownBy(() -> decoded(plain().withVae(Optional.of(wide))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("latents of 16 channels")
        .hasMessageContaining("takes 4");
    assertThatThrownBy(() -> decoded(plain().withVae(Optional.of(temp))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no autoencoder");
    assertThatThrownBy(() -> decoded(plain().withVae(Optional.of(temp.resolve("none")))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no autoencoder");
  }

  @Test
  void timestepsAreSpacedAsAsked() {
    double[] own = levels(plain());
    double[] trailing = levels(plain().withSpacing(Optional.of(TimestepSpacing.TRAILING)));
    assertThat(trailing).isNotEqualTo(own);
    assertThat(trailing[0]).isEqualTo(1);
  }

  private static double[] levels(ModelChoice choice) {
    try (VideoModel model = VideoModel.load(choice)) {
      return model.scheduling().sampling("ddim", 4).levels();
    }
  }

  /** AnimateDiff-Lightning's files say in their names for how many steps they are. */
  @Test
  void distilledModulesAreSampledAsTheyWereMade() throws IOException {
    Path adapter = temp.resolve("animatediff_lightning_4step_diffusers.safetensors");
    Files.copy(MODEL.resolve("motion_adapter/diffusion_pytorch_model.safetensors"), adapter);
    ModelChoice choice = plain().withMotion(Optional.of(MODEL.resolve("motion_adapter")));
    try (VideoModel usual = VideoModel.load(choice)) {
      assertThat(usual.defaults().steps()).isEqualTo(25);
    }
    try (VideoModel model = VideoModel.load(plain().withMotion(Optional.of(adapter)))) {
      ModelIndex.Defaults few = model.defaults();
      assertThat(few.steps()).isEqualTo(4);
      assertThat(few.guidance()).isEqualTo(1);
      assertThat(few.sampler()).isEqualTo("euler");
      assertThat(few.frames()).isEqualTo(16);
      assertThat(model.scheduling().sampling("euler", 4).levels()[0]).isEqualTo(1);
    }
  }
}
