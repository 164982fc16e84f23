package io.zoetrope.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Which files are taken of repositories as people make them. */
class SelectionTest {
  private static final String[] STABLE_DIFFUSION = {
    ".gitattributes",
    "README.md",
    "model_index.json",
    "v1-5-pruned-emaonly.ckpt",
    "v1-5-pruned-emaonly.safetensors",
    "v1-inference.yaml",
    "feature_extractor/preprocessor_config.json",
    "safety_checker/config.json",
    "safety_checker/model.safetensors",
    "safety_checker/pytorch_model.bin",
    "scheduler/scheduler_config.json",
    "text_encoder/config.json",
    "text_encoder/model.fp16.safetensors",
    "text_encoder/model.safetensors",
    "text_encoder/pytorch_model.bin",
    "tokenizer/merges.txt",
    "tokenizer/vocab.json",
    "unet/config.json",
    "unet/diffusion_pytorch_model.bin",
    "unet/diffusion_pytorch_model.fp16.safetensors",
    "unet/diffusion_pytorch_model.non_ema.safetensors",
    "unet/diffusion_pytorch_model.safetensors",
    "unet/flax_model.msgpack",
    "vae/config.json",
    "vae/diffusion_pytorch_model.safetensors",
    "vae_decoder/model.onnx",
    "onnx/config.json"
  };

  @Test
  void stableDiffusionIsTakenOnce() {
    assertThat(chosen(List.of(), List.of(), "", STABLE_DIFFUSION))
        .containsExactly(
            "model_index.json",
            "feature_extractor/preprocessor_config.json",
            "scheduler/scheduler_config.json",
            "text_encoder/config.json",
            "text_encoder/model.safetensors",
            "tokenizer/merges.txt",
            "tokenizer/vocab.json",
            "unet/config.json",
            "unet/diffusion_pytorch_model.safetensors",
            "vae/config.json",
            "vae/diffusion_pytorch_model.safetensors");
  }

  @Test
  void variantIsPreferredWhereItIs() {
    Selection selection = select(List.of(), List.of(), "fp16", STABLE_DIFFUSION);
    assertThat(paths(selection))
        .contains(
            "text_encoder/model.fp16.safetensors",
            "unet/diffusion_pytorch_model.fp16.safetensors",
            "vae/diffusion_pytorch_model.safetensors")
        .doesNotContain(
            "text_encoder/model.safetensors", "unet/diffusion_pytorch_model.safetensors");
    assertThat(selection.remarks())
        .containsExactly("vae/diffusion_pytorch_model is there only as the plain one");
    assertThatThrownBy(() -> select(List.of(), List.of(), "bf16", STABLE_DIFFUSION))
        .isInstanceOf(UserError.class)
        .hasMessage("org/model has no variant 'bf16': it has the plain one, fp16, non_ema");
  }

  @Test
  void theOnlyVariantIsTakenAndSaid() {
    Selection selection = select(List.of(), List.of(), "", "config.json", "model.fp16.safetensors");
    assertThat(paths(selection)).containsExactly("config.json", "model.fp16.safetensors");
    assertThat(selection.remarks()).containsExactly("model is there only as fp16");
  }

  @Test
  void partsAndTheirIndexGoTogether() {
    String[] files = {
      "unet/diffusion_pytorch_model-00001-of-00002.safetensors",
      "unet/diffusion_pytorch_model-00002-of-00002.safetensors",
      "unet/diffusion_pytorch_model.safetensors.index.json",
      "unet/diffusion_pytorch_model.fp16-00001-of-00002.safetensors",
      "unet/diffusion_pytorch_model-00002-of-00002.fp16.safetensors",
      "unet/diffusion_pytorch_model.safetensors.index.fp16.json",
      "unet/diffusion_pytorch_model.bin.index.json"
    };
    assertThat(chosen(List.of(), List.of(), "", files)).containsExactly(Arrays.copyOf(files, 3));
    assertThat(chosen(List.of(), List.of(), "fp16", files))
        .containsExactly(Arrays.copyOfRange(files, 3, 6));
  }

  @Test
  void singleFilesAreTakenWhereThereAreNoFolders() {
    assertThat(
            chosen(
                List.of(),
                List.of(),
                "",
                "mm_sd_v15_v2.ckpt",
                "mm_sd_v15_v2.safetensors",
                "mm_sd_v15_v2.fp16.safetensors",
                "v3.0_lora.safetensors"))
        .containsExactly("mm_sd_v15_v2.safetensors", "v3.0_lora.safetensors");
  }

  @Test
  void patternsReplaceTheChoice() {
    assertThat(
            chosen(List.of("*.bin", "*.yaml"), List.of("safety_checker/*"), "", STABLE_DIFFUSION))
        .containsExactly(
            "v1-inference.yaml",
            "text_encoder/pytorch_model.bin",
            "unet/diffusion_pytorch_model.bin");
    assertThat(chosen(List.of(), List.of("unet/*", "vae/*"), "", STABLE_DIFFUSION))
        .noneMatch(p -> p.startsWith("unet/"))
        .contains("text_encoder/model.safetensors");
  }

  @Test
  void picklesAloneAreRefused() {
    assertThatThrownBy(() -> select(List.of(), List.of(), "", "config.json", "model.ckpt"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no safetensors, only pickled weights");
    assertThat(chosen(List.of("*.ckpt"), List.of(), "", "config.json", "model.ckpt"))
        .containsExactly("model.ckpt");
  }

  @Test
  void nothingIsRefused() {
    assertThatThrownBy(() -> select(List.of("*.xyz"), List.of(), "", "config.json"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("included and not excluded: an inclusion takes others");
    assertThatThrownBy(() -> select(List.of(), List.of(), "", "README.md"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("an inclusion takes others");
  }

  private static List<String> chosen(
      List<String> include, List<String> exclude, String variant, String... files) {
    return paths(select(include, exclude, variant, files));
  }

  private static List<String> paths(Selection selection) {
    return selection.chosen().stream().map(HubFile::path).toList();
  }

  private static Selection select(
      List<String> include, List<String> exclude, String variant, String... files) {
    return Selection.of(
        Arrays.stream(files)
            .map(path -> new HubFile(path, OptionalLong.of(1), Optional.empty()))
            .toList(),
        new PullRequest(
            ModelId.parse("org/model"),
            include,
            exclude,
            Optional.of(variant).filter(v -> !v.isEmpty()),
            1));
  }
}
