package io.zoetrope.network.unet;

import static io.zoetrope.network.unet.Reference.conditioning;
import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.lora.LoraFile;
import io.zoetrope.checkpoint.lora.LoraReport;
import io.zoetrope.checkpoint.lora.LoraTargets;
import io.zoetrope.nn.LoraStack;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The image network with LoRAs, against diffusers and PEFT with the files that they wrote. */
class LoraParityTest {
  private static final List<String> FUSED =
      List.of(
          "down_blocks.0.resnets.0.conv1",
          "down_blocks.0.downsamplers.0.conv",
          "down_blocks.0.attentions.0.proj_in",
          "mid_block.attentions.0.transformer_blocks.0.attn2.to_k");

  @ParameterizedTest
  @CsvSource({
    "peft, 1, out",
    "peft, 0.5, out.half",
    "diffusers.safetensors, 1, out",
    "diffusers.safetensors, 0.5, out.half",
    "kohya.safetensors, 1, out",
    "kohya.safetensors, 0.5, out.half",
    "patterns, 1, out.patterns",
    "processors.safetensors, 1, out.processors",
  })
  void computesWhatTheReferenceComputes(String file, double scale, String expected) {
    try (Reference base = Reference.of("unet/sd1");
        Parity parity = Parity.of("lora");
        LoraFile lora = LoraFile.open(parity.folder().resolve(file));
        ParameterStore store =
            ParameterStore.forInference(base.weights().tensors(), Precision.F32)) {
      UNet unet = base.config().build(store.root());
      Scopes.run(() -> {
        Tensor bare = predict(unet, parity);
        parity.check("out.bare", bare);
        for (LoraStack stack : List.of(LoraStack.merging(store), LoraStack.beside(store))) {
          LoraReport report = lora.addTo(new LoraTargets().denoiser(stack), "it", scale);
          assertThat(report.whole()).as(report.line()).isTrue();
          parity.check(expected, predict(unet, parity));
          if (expected.equals("out.half") && stack.merges()) {
            for (String layer : FUSED) {
              parity.check("fused." + layer, store.parameters().get(layer + ".weight"));
            }
          }
          stack.close();
          assertThat(Tensors.toBytes(predict(unet, parity))).isEqualTo(Tensors.toBytes(bare));
        }
      });
    }
  }

  private static Tensor predict(UNet unet, Parity parity) {
    Tensor z = parity.get("sample").unsqueeze(2);
    Tensor t_BF = parity.get("timestep").unsqueeze(1);
    return unet.predict(z, t_BF, conditioning(parity)).squeeze(2);
  }
}
