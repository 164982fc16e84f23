package io.zoetrope.eval.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClipModelTest {
  private static final List<String> CAPTIONS =
      List.of(
          "a photo of a cat sitting on a wooden table",
          "The little girl!",
          "waves crashing on the beach, time lapse of clouds ".repeat(12));

  private static Frame frame(Tensor rgb) {
    byte[] bytes = Tensors.toBytes(rgb.contiguous());
    return new Frame((int) rgb.size(1), (int) rgb.size(0), bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"old", "new"})
  void parity(String name) {
    Scopes.run(() -> {
      try (Parity fixture = Parity.of("clip_model/" + name);
          ClipModel clip = ClipModel.load(fixture.folder())) {
        List<Frame> frames =
            Stream.of("wide", "tall", "square").map(s -> frame(fixture.get(s + ".rgb"))).toList();
        Tensor pictures = clip.pictures(frames);
        Tensor texts = clip.texts(CAPTIONS);
        fixture.check("pictures", pictures);
        fixture.check("texts", texts);
        fixture.check("cosine", unit(pictures).matmul(unit(texts).t()));
        assertThat(clip.shape().width()).isEqualTo((int) pictures.size(1));
        assertThat(ClipModel.check(fixture.folder())).isEqualTo(clip.shape());
      }
    });
  }

  private static Tensor unit(Tensor x) {
    return x.div(Ops.lengths(x, Float.MIN_NORMAL));
  }

  /** A file of halves is read as one of singles. */
  @Test
  void halfPrecisionFilesAreReadInFull(@TempDir Path folder) throws IOException {
    copy("old", folder);
    weights(
        folder,
        all -> all.replaceAll((name, t) -> t.is_floating_point() ? t.to(ScalarType.Half) : t));
    Scopes.run(() -> {
      try (Parity fixture = Parity.of("clip_model/old");
          ClipModel clip = ClipModel.load(folder)) {
        fixture.check("texts", clip.texts(CAPTIONS), 5e-3);
      }
    });
  }

  private static void copy(String name, Path folder) throws IOException {
    Path from = Path.of("src/test/resources/reference/clip_model", name);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(String.valueOf(file.getFileName())));
      }
    }
  }

  /** Changes what a folder's file of weights holds. */
  private static void weights(Path folder, Consumer<Map<String, Tensor>> change) {
    Path path = folder.resolve("model.safetensors");
    Path changed = folder.resolve("changed.safetensors");
    Scopes.run(() -> {
      try (SafetensorsFile file = Safetensors.open(path)) {
        Map<String, Tensor> all = new LinkedHashMap<>(file.tensors());
        change.accept(all);
        Safetensors.write(changed, all, Map.of("format", "pt"));
      }
    });
    try {
      Files.move(changed, path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Makes one thing of a folder wrong. */
  private interface Spoil {
    void accept(Path folder) throws IOException;
  }

  private static Arguments row(String fixture, String what, Fault fault, String why, Spoil spoil) {
    return Arguments.of(what, fixture, fault, why, spoil);
  }

  private static Spoil text(String file, String from, String to) {
    return folder -> {
      String text = Files.readString(folder.resolve(file));
      assertThat(text).contains(from);
      Files.writeString(folder.resolve(file), text.replace(from, to));
    };
  }

  private static Spoil weightGone(String name) {
    return folder -> weights(folder, all -> all.remove(name));
  }

  static Stream<Arguments> wrong() {
    String config = "config.json";
    String pictures = "preprocessor_config.json";
    String kind = "\"model_type\": \"clip\"";
    return Stream.of(
        row(
            "new",
            "SigLIP",
            Fault.UNSUPPORTED,
            "config.json: 'siglip' has encoders and a tokenizer of its own",
            text(config, kind, "\"model_type\": \"siglip\"")),
        row(
            "new",
            "a half",
            Fault.UNSUPPORTED,
            "config.json: 'clip_vision_model' is the half of a CLIP that reads pictures",
            text(config, kind, "\"model_type\": \"clip_vision_model\"")),
        row(
            "new",
            "a BERT",
            Fault.UNSUPPORTED,
            "config.json: 'bert' is no model that is known",
            text(config, kind, "\"model_type\": \"bert\"")),
        row(
            "new",
            "a network of diffusers",
            Fault.UNSUPPORTED,
            "config.json: it says no model_type",
            text(config, kind, "\"_class_name\": \"UNet2DConditionModel\"")),
        row(
            "new",
            "no JSON",
            Fault.DAMAGED,
            "config.json",
            folder -> Files.writeString(folder.resolve(config), "{")),
        row(
            "new",
            "no projection of pictures",
            Fault.MISMATCH,
            "model.safetensors has no visual_projection.weight",
            weightGone("visual_projection.weight")),
        row(
            "new",
            "no projection of texts",
            Fault.MISMATCH,
            "model.safetensors has no text_projection.weight",
            weightGone("text_projection.weight")),
        row(
            "new",
            "a projection of another size",
            Fault.MISMATCH,
            "weight 'visual_projection.weight' has shape [18, 32] where the config needs [512, 32]",
            text(config, "\"projection_dim\": 18", "\"projection_dim\": 512")),
        row(
            "new",
            "a weight less",
            Fault.MISMATCH,
            "it lacks 1 of",
            weightGone("vision_model.pre_layrnorm.bias")),
        row(
            "new",
            "a weight more",
            Fault.MISMATCH,
            "it has 1 weights that the model does not know ('head.weight')",
            folder -> weights(folder, all -> all.put("head.weight", Tensors.zeros(3)))),
        row(
            "new",
            "weights that are cut off",
            Fault.DAMAGED,
            "is not a good safetensors file",
            folder -> {
              Path file = folder.resolve("model.safetensors");
              byte[] all = Files.readAllBytes(file);
              Files.write(file, java.util.Arrays.copyOf(all, all.length / 2));
            }),
        row(
            "new",
            "a pickle",
            Fault.UNSUPPORTED,
            "pytorch_model.bin is a PyTorch pickle",
            folder ->
                Files.move(
                    folder.resolve("model.safetensors"), folder.resolve("pytorch_model.bin"))),
        row(
            "new",
            "no tokenizer",
            Fault.NOT_FOUND,
            "no tokenizer in",
            folder -> Files.delete(folder.resolve("tokenizer.json"))),
        row(
            "old",
            "half a tokenizer",
            Fault.NOT_FOUND,
            "no tokenizer in",
            folder -> Files.delete(folder.resolve("merges.txt"))),
        row(
            "old",
            "another's tokenizer",
            Fault.MISMATCH,
            "has 815 tokens, the text encoder knows 814",
            text("vocab.json", "\"!\": 0", "\"!\": 0, \"more\": 814")),
        row(
            "new",
            "pictures of another size",
            Fault.MISMATCH,
            "makes pictures of 56 pixels, and the network sees 28",
            text(pictures, "28", "56")),
        row(
            "new",
            "pictures that are squashed",
            Fault.UNSUPPORTED,
            "size {\"height\":28,\"width\":28} is no shorter side",
            text(pictures, "\"shortest_edge\": 28", "\"height\": 28, \"width\": 28")),
        row(
            "old",
            "pictures that are cut out only",
            Fault.UNSUPPORTED,
            "preprocessor_config.json: do_resize is false",
            text(pictures, "\"do_resize\": true", "\"do_resize\": false")),
        row(
            "old",
            "pictures by another filter",
            Fault.UNSUPPORTED,
            "preprocessor_config.json: resample is 2",
            text(pictures, "\"resample\": 3", "\"resample\": 2")),
        row(
            "old",
            "two channels",
            Fault.INVALID,
            "for each of three channels",
            text(pictures, "0.27577711", "0")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void otherFoldersAreRefusedInOneLine(
      String what, String fixture, Fault fault, String why, Spoil spoil, @TempDir Path folder)
      throws IOException {
    copy(fixture, folder);
    assertThat(ClipModel.check(folder).width()).isPositive();
    spoil.accept(folder);
    assertThatThrownBy(() -> ClipModel.check(folder))
        .isInstanceOfSatisfying(
            UserError.class, error -> assertThat(error.fault()).isEqualTo(fault))
        .hasMessageContaining(why)
        .hasMessageContaining(folder.toString())
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> ClipModel.load(folder)).isInstanceOf(UserError.class);
  }

  /** The first CLIP's way of showing pictures, where a folder does not say its own. */
  @Test
  void withoutAFileOfItsOwnPicturesAreTheFirstClips(@TempDir Path folder) throws IOException {
    copy("old", folder);
    ClipModel.Shape said = ClipModel.check(folder);
    Files.delete(folder.resolve("preprocessor_config.json"));
    assertThat(ClipModel.check(folder)).isEqualTo(said);
  }
}
