package io.zoetrope.pipeline.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What IP-Adapters a model takes, and what is said of others. */
class PictureAdaptersTest {
  private static final Path FIXTURE = TinyStableDiffusion.resource("reference/ip_adapter");
  private static final Path MODEL = TinyStableDiffusion.resource("reference/animatediff/model");

  @TempDir private Path temp;

  private static void load(Path adapter, Optional<Path> encoder) {
    VideoModel.load(
            ModelChoice.of(MODEL, "f32")
                .withPictures(Optional.of(new PictureChoice(adapter, encoder, 1))))
        .close();
  }

  /** The plain adapter with something changed, beside the fixture's encoder. */
  private Path changed(Consumer<Map<String, Tensor>> change) {
    Path file = temp.resolve("changed.safetensors");
    Scopes.run(() -> {
      try (SafetensorsFile plain = Safetensors.open(FIXTURE.resolve("plain.safetensors"))) {
        Map<String, Tensor> all = new LinkedHashMap<>(plain.tensors());
        change.accept(all);
        Safetensors.write(file, all, Map.of());
      }
    });
    return file;
  }

  private void refused(Path adapter, Path encoder, String... words) {
    assertThatThrownBy(() -> load(adapter, Optional.of(encoder)))
        .isInstanceOf(UserError.class)
        .message()
        .doesNotContain("\n")
        .contains(words);
  }

  private static Path encoder() {
    return FIXTURE.resolve("image_encoder");
  }

  @Test
  void adaptersOfOtherNetworksAreRefused() {
    refused(
        changed(all ->
            all.replaceAll((name, tensor) ->
                name.startsWith("ip_adapter.") ? Tensors.zeros(tensor.size(0), 2048) : tensor)),
        encoder(),
        "changed.safetensors",
        "Stable Diffusion XL",
        "the model's reads 16 in 10");
    refused(
        changed(all -> all.keySet().removeIf(name -> name.startsWith("ip_adapter.19."))),
        encoder(),
        "in 9 layers");
  }

  @Test
  void whatIsNoAdapterIsRefused() {
    refused(
        changed(all -> all.keySet().removeIf(name -> name.startsWith("ip_adapter."))),
        encoder(),
        "no ip_adapter weights");
    refused(
        changed(all -> all.keySet().removeIf(name -> name.startsWith("image_proj."))),
        encoder(),
        "no image_proj");
    refused(
        changed(all -> {
          all.keySet().removeIf(name -> name.startsWith("image_proj."));
          all.put("image_proj.proj.0.weight", Tensors.zeros(8, 8));
          all.put("image_proj.proj.2.weight", Tensors.zeros(8, 8));
          all.put("image_proj.norm.weight", Tensors.zeros(8));
        }),
        encoder(),
        "FaceID");
    refused(temp.resolve("nothing.safetensors"), encoder(), "there is no IP-Adapter");
  }

  @Test
  void encodersOfOtherAdaptersAreRefused() throws IOException {
    Path other = TinyStableDiffusion.resource("reference/clip_vision/quick");
    refused(FIXTURE.resolve("plain.safetensors"), other, "of 24 features", "makes 10");
    refused(FIXTURE.resolve("plus.safetensors"), other, "of 32 features", "makes 30");
    refused(FIXTURE.resolve("plain.safetensors"), temp, "no config.json of an image encoder");
    Path text = MODEL.resolve("text_encoder");
    refused(FIXTURE.resolve("plain.safetensors"), text, "CLIPTextModel", "is no image encoder");
    Path alone = Files.copy(FIXTURE.resolve("plain.safetensors"), temp.resolve("a.safetensors"));
    assertThatThrownBy(() -> load(alone, Optional.empty()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no folder image_encoder");
  }

  /** As programs that train write it: other prefixes, the same adapter. */
  @Test
  void nestedNamesAreTheSame() {
    load(
        changed(all -> {
          Map<String, Tensor> nested = new LinkedHashMap<>();
          all.forEach((name, tensor) ->
              nested.put(
                  name.replace("image_proj.", "module.image_proj_model.")
                      .replace("ip_adapter.", "module.adapter_modules."),
                  tensor));
          all.clear();
          all.putAll(nested);
          assertThat(all.keySet()).noneMatch(name -> name.startsWith("ip_adapter."));
        }),
        Optional.of(encoder()));
  }
}
