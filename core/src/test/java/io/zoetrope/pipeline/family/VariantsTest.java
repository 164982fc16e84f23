package io.zoetrope.pipeline.family;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of variants that not all components have. */
class VariantsTest {
  @TempDir private Path folder;

  private void file(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.createFile(file);
  }

  @Test
  void componentsWithoutAreNamed() throws IOException {
    file("unet/diffusion_pytorch_model.fp16.safetensors");
    file("unet/diffusion_pytorch_model.safetensors");
    file("vae/diffusion_pytorch_model.safetensors");
    file("text_encoder/model-00001-of-00002.safetensors");
    file("scheduler/scheduler_config.json");
    assertThat(Variants.remark(folder, "fp16"))
        .contains("fp16 of this model: not of text_encoder, vae, whose plain weights are taken");
    assertThat(Variants.remark(folder, "bf16")).isEmpty();
    file("vae/diffusion_pytorch_model.fp16.safetensors");
    file("text_encoder/model.fp16-00001-of-00002.safetensors");
    assertThat(Variants.remark(folder, "fp16")).isEmpty();
    assertThat(Variants.remark(folder.resolve("unet/x.safetensors"), "fp16")).isEmpty();
  }
}
