package io.zoetrope.network.prior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriorTransformerTest {
  private static void with(BiConsumer<PriorTransformer, Parity> body) {
    Scopes.run(() -> {
      Path folder = Path.of("src/test/resources/reference/prior/model/prior");
      try (Parity fixture = Parity.of("prior");
          SafetensorsFile file =
              Safetensors.open(folder.resolve("diffusion_pytorch_model.safetensors"))) {
        PriorConfig config = JsonFiles.read(folder.resolve("config.json"), PriorConfig.class);
        ParameterStore store = ParameterStore.forInference(file.tensors(), Precision.F32);
        PriorTransformer prior = new PriorTransformer(config, store.root());
        store.requireComplete("prior");
        body.accept(prior, fixture);
        store.close();
      }
    });
  }

  private static Conditioning text(Parity fixture, boolean masked) {
    Tensor words = fixture.get("words");
    Conditioning text =
        masked
            ? Conditioning.text(words, fixture.get("mask").to(ScalarType.Bool))
            : Conditioning.text(words);
    return text.withPooled(fixture.get("whole"));
  }

  private static Tensor video(Tensor x_BE) {
    return x_BE.reshape(x_BE.size(0), x_BE.size(1), 1, 1, 1);
  }

  private static Tensor times(Parity fixture) {
    return fixture.get("t").to(ScalarType.Float).unsqueeze(1);
  }

  @Test
  void parity() {
    with((prior, fixture) -> {
      Tensor z = video(fixture.get("z"));
      Tensor made = prior.predict(z, times(fixture), text(fixture, true));
      fixture.check("out", made.flatten(1, 4));
      Tensor all = prior.predict(z, times(fixture), text(fixture, false));
      fixture.check("out.unmasked", all.flatten(1, 4));
    });
  }

  /** Each frame is a vector of its own, at a level of its own. */
  @Test
  void framesAreVectorsOfTheirOwn() {
    with((prior, fixture) -> {
      Tensor z = video(fixture.get("z"));
      Tensor both = Tensors.cat(List.of(z, z.neg()), 2);
      Tensor levels =
          Tensors.cat(List.of(times(fixture), times(fixture).mul(Tensors.full(0.5))), 1);
      Tensor together = prior.predict(both, levels, text(fixture, true));
      Tensor second = prior.predict(z.neg(), levels.narrow(1, 1, 1), text(fixture, true));
      assertThat(Parity.distance(together.narrow(2, 1, 1), second)).isLessThan(Parity.MARK);
      fixture.check("out", together.narrow(2, 0, 1).flatten(1, 4));
    });
  }

  @Test
  void standardisingAndBackIsNothing() {
    with((prior, fixture) -> {
      Tensor e = fixture.get("z");
      assertThat(Parity.distance(prior.restored(prior.standardised(e)), e)).isLessThan(Parity.MARK);
      assertThat(Parity.distance(prior.restored(e), e)).isGreaterThan(0.01);
    });
  }

  @Test
  void aConfigIsReadAsItIsWritten(@TempDir Path folder) {
    PriorConfig config = new PriorConfig(3, 8, 4, 128, 12, 48);
    Path file = folder.resolve("config.json");
    JsonFiles.write(file, config);
    assertThat(JsonFiles.read(file, PriorConfig.class)).isEqualTo(config);
  }

  @Test
  void priorsOfOtherKindsAreRefusedByName(@TempDir Path folder) throws Exception {
    for (String option :
        List.of(
            "\"added_emb_type\": null",
            "\"norm_in_type\": \"layer\"",
            "\"embedding_proj_norm_type\": \"layer\"",
            "\"encoder_hid_proj_type\": null",
            "\"time_embed_act_fn\": \"gelu\"",
            "\"embedding_proj_dim\": 1024",
            "\"clip_embed_dim\": 2048",
            "\"additional_embeddings\": 0",
            "\"num_layers\": 0",
            "\"num_layers\": \"many\"")) {
      Path file = Files.writeString(folder.resolve("config.json"), "{" + option + "}");
      assertThatThrownBy(() -> JsonFiles.read(file, PriorConfig.class))
          .as(option)
          .isInstanceOf(UserError.class)
          .hasMessageContaining("config.json");
    }
  }
}
