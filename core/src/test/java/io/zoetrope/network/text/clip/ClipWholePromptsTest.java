package io.zoetrope.network.text.clip;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClipWholePromptsTest {
  private static final Path MODEL = Path.of("src/test/resources/reference/prior/model");

  @Test
  void textsAreReadAsUnclipsPriorReadsThem() {
    Scopes.run(() -> {
      Component encoder = Component.encoder(MODEL.resolve("prior_text_encoder"));
      try (Parity fixture = Parity.of("prior");
          SafetensorsFile file = Safetensors.open(encoder.weights())) {
        ParameterStore store =
            ParameterStore.forInference(ClipTextModel.named(file.tensors()), Precision.F32);
        ClipWholePrompts.Weights weights =
            new ClipWholePrompts.Weights(encoder.config(ClipTextConfig.class), 24, store.root());
        store.requireComplete("prior_text_encoder");
        try (ClipWholePrompts prompts =
            new ClipWholePrompts(weights, ClipTokenizer.load(MODEL.resolve("prior_tokenizer")))) {
          Conditioning read =
              prompts.condition(
                  List.of("a photo of a cat sitting on a wooden table", "the little girl"));
          fixture.check("words", read.get(Conditioning.TEXT).orElseThrow().squeeze(1));
          fixture.check("whole", read.get(Conditioning.POOLED).orElseThrow().squeeze(1));
          assertThat(
                  Tensors.toBytes(
                      read.get(Conditioning.TEXT_MASK)
                          .orElseThrow()
                          .squeeze(1)
                          .to(fixture.get("mask").scalar_type())))
              .isEqualTo(Tensors.toBytes(fixture.get("mask")));
        }
        store.close();
      }
    });
  }
}
