package io.zoetrope.curation.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.curation.measure.Measure.About;
import io.zoetrope.curation.measure.Measure.Meter;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ClipMeasureTest {
  private static final String CAPTION = "a photo of a cat sitting on a wooden table";

  /** The mark, and what rounding to six digits costs. */
  private static final Offset<Double> MARK = Offset.offset(1.1e-6 + 5e-7);

  /** A picture of the fixture. */
  private static Frame picture(String name) {
    return Scopes.value(() -> {
      try (SafetensorsFile io = Safetensors.open(ClipFolder.OLD.resolve("io.safetensors"))) {
        Tensor rgb = io.tensor(name + ".rgb");
        return new Frame((int) rgb.size(1), (int) rgb.size(0), Tensors.toBytes(rgb));
      }
    });
  }

  private static double[] fixture(String name) {
    return Scopes.value(() -> {
      try (SafetensorsFile io = Safetensors.open(ClipFolder.OLD.resolve("io.safetensors"))) {
        return Tensors.toDoubles(io.tensor(name));
      }
    });
  }

  private static List<Shot> shots(String... pictures) {
    List<Shot> shots = new ArrayList<>();
    for (String name : pictures) {
      shots.add(new Shot(picture(name), shots.size(), shots.size() / 8.0));
    }
    return shots;
  }

  private static OptionalDouble value(Measure measure, List<Shot> shots, String caption) {
    Meter meter = measure.begin(new About(shots.size(), 8, caption));
    shots.stream().filter(shot -> meter.wants(shot.index())).forEach(meter::add);
    return meter.end().value().stream().mapToDouble(v -> v).findFirst();
  }

  @Test
  void aClipsFitIsTheMeanOfThreeCosines() {
    Measure fit = Measures.of(List.of(ClipFolder.OLD)).of("text-fit");
    double[] cosines = fixture("cosine"); // pictures down, three captions across
    String[] names = {"wide", "tall", "square"};
    for (int i = 0; i < names.length; i++) {
      assertThat(value(fit, shots(names[i]), CAPTION).orElseThrow())
          .isCloseTo(cosines[3 * i], MARK);
      assertThat(value(fit, shots(names[i]), " The little girl!\n").orElseThrow())
          .isCloseTo(cosines[3 * i + 1], MARK);
    }
    // First, middle and last of five; what is between is not looked at.
    assertThat(value(fit, shots("wide", "square", "tall", "wide", "square"), CAPTION).orElseThrow())
        .isCloseTo((cosines[0] + cosines[3] + cosines[6]) / 3, MARK);
    assertThat(fit.costly()).isTrue();
  }

  @Test
  void withoutACaptionThereIsNoFit(@TempDir Path folder) throws IOException {
    ClipFolder.head(ClipFolder.copy(folder), ClipFolder.WIDTH, 0, 1);
    Measures measures = Measures.of(List.of(folder));
    assertThat(value(measures.of("text-fit"), shots("wide"), " \n")).isEmpty();
    assertThat(measures.of("text-fit").begin(new About(3, 8, "")).wants(0)).isFalse();
    assertThat(value(measures.of("aesthetics"), shots("wide"), "")).isPresent();
  }

  @Test
  void aHeadScoresTheEmbeddingAtLengthOne(@TempDir Path folder) throws IOException {
    Path heads = folder.resolve("head");
    ClipFolder.head(heads, ClipFolder.WIDTH, 5, 3);
    Measure beside = Measures.of(List.of(heads, ClipFolder.OLD)).of("aesthetics");
    Path clip = ClipFolder.copy(folder.resolve("clip"));
    Files.copy(heads.resolve("aesthetics.safetensors"), clip.resolve("aesthetics.safetensors"));
    Measure within = Measures.of(List.of(clip)).of("aesthetics");
    double[] embedded = fixture("pictures");
    double length = 0;
    for (int i = 0; i < ClipFolder.WIDTH; i++) {
      length += embedded[i] * embedded[i];
    }
    double expected = 5 + 3 * embedded[0] / Math.sqrt(length);
    assertThat(value(beside, shots("wide"), "").orElseThrow())
        .isCloseTo(expected, Offset.offset(5e-6));
    assertThat(value(within, shots("wide"), "")).isEqualTo(value(beside, shots("wide"), ""));
    assertThat(within.version()).isEqualTo(beside.version());
  }

  /** The network of pictures is run once for both. */
  @Test
  void measuresOfOneClipShareItsEmbedding() {
    Shot shot = shots("wide").getFirst();
    int[] asked = new int[1];
    Shot.Sight sight =
        frame -> {
          asked[0]++;
          return new double[] {frame.width()};
        };
    assertThat(shot.seen(sight)).isSameAs(shot.seen(sight)).containsExactly(61);
    assertThat(asked[0]).isEqualTo(1);
    assertThat(shot.seen(frame -> new double[] {1})).containsExactly(1);
  }

  @Test
  void eachMeasureIsMadeAgainWhenItsFilesChange(@TempDir Path folder) throws IOException {
    ClipFolder.copy(folder);
    String fit = Measures.of(List.of(folder)).of("text-fit").version();
    assertThat(Measures.of(List.of(ClipFolder.OLD)).of("text-fit").version()).isEqualTo(fit);
    ClipFolder.head(folder, ClipFolder.WIDTH, 0, 1);
    String liked = Measures.of(List.of(folder)).of("aesthetics").version();
    ClipFolder.head(folder, ClipFolder.WIDTH, 0, 2);
    Measures other = Measures.of(List.of(folder));
    assertThat(other.of("aesthetics").version()).isNotEqualTo(liked);
    assertThat(other.of("text-fit").version()).isEqualTo(fit).isNotEqualTo(liked);
  }

  /** Folders that make no measures. */
  private interface Wrong {
    List<Path> in(Path folder) throws IOException;
  }

  private static Arguments row(String what, String why, Wrong wrong) {
    return Arguments.of(what, why, wrong);
  }

  private static Wrong without(String file) {
    return folder -> {
      Files.delete(ClipFolder.copy(folder).resolve(file));
      return List.of(folder);
    };
  }

  private static Wrong withConfig(String from, String to) {
    return folder -> {
      Path config = ClipFolder.copy(folder).resolve("config.json");
      Files.writeString(config, Files.readString(config).replace(from, to));
      return List.of(folder);
    };
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        row("nothing", "there is no measure.json in it, and no config.json", List::of),
        row(
            "SigLIP",
            "'siglip' has encoders and a tokenizer of its own: a CLIPModel of transformers",
            withConfig("\"model_type\": \"clip\"", "\"model_type\": \"siglip\"")),
        row(
            "half a CLIP",
            "'clip_vision_model' is the half of a CLIP that reads pictures",
            withConfig("\"model_type\": \"clip\"", "\"model_type\": \"clip_vision_model\"")),
        row("no tokenizer", "no tokenizer in", without("vocab.json")),
        row("no weights", "no file", without("model.safetensors")),
        row(
            "other sizes",
            "has shape [814, 24] where the config needs [814, 48]",
            withConfig("\"hidden_size\": 24", "\"hidden_size\": 48")),
        row(
            "another CLIP's head",
            "reads embeddings of 768 features, and the CLIP in",
            folder -> {
              ClipFolder.head(ClipFolder.copy(folder), 768, 0, 1);
              return List.of(folder);
            }),
        row(
            "another CLIP's head beside",
            "reads embeddings of 768 features, and the CLIP in",
            folder -> {
              ClipFolder.head(folder, 768, 0, 1);
              return List.of(folder, ClipFolder.OLD);
            }),
        row(
            "a head that is none",
            "aesthetics.safetensors",
            folder -> {
              ClipFolder.copy(folder);
              Files.writeString(folder.resolve("aesthetics.safetensors"), "weights");
              return List.of(folder);
            }),
        row(
            "a head without a CLIP",
            "reads what a CLIP says of pictures, and there is none",
            folder -> {
              ClipFolder.head(folder, 20, 0, 1);
              return List.of(folder);
            }),
        row(
            "two heads",
            "are an aesthetics head each",
            folder -> {
              ClipFolder.head(ClipFolder.copy(folder.resolve("a")), 20, 0, 1);
              ClipFolder.head(folder.resolve("b"), 20, 0, 1);
              return List.of(folder.resolve("a"), folder.resolve("b"));
            }),
        row(
            "two CLIPs",
            "are a CLIP each",
            folder -> List.of(ClipFolder.OLD, ClipFolder.copy(folder))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void otherFoldersAreRefusedInOneLine(String what, String why, Wrong wrong, @TempDir Path folder)
      throws IOException {
    List<Path> folders = wrong.in(folder);
    assertThatThrownBy(() -> Measures.of(folders))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }
}
