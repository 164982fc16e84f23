package io.zoetrope.network.vae.wan;

import static io.zoetrope.network.vae.wan.WanFixture.kept;
import static io.zoetrope.network.vae.wan.WanFixture.pixels;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.keys.VaeFile;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.UserError;
import io.zoetrope.network.TestNetworks;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.Posterior;
import io.zoetrope.network.vae.Stretches;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Against fixtures of reference/make_wan_vae.py. */
class WanVaeTest {
  static Stream<String> fixtures() {
    return Stream.of("wan_vae/v21", "wan_vae/v22");
  }

  /** What a test does with a fixture and the autoencoder of its weights. */
  private static void with(String name, BiConsumer<Parity, WanVae> body) {
    try (Parity fixture = Parity.of(name);
        SafetensorsFile file =
            Safetensors.open(fixture.folder().resolve("diffusion_pytorch_model.safetensors"))) {
      Scopes.run(() -> {
        WanVaeConfig config =
            JsonFiles.read(fixture.folder().resolve("config.json"), WanVaeConfig.class);
        ParameterStore store = ParameterStore.forInference(file.tensors(), Precision.F32);
        WanVae vae = config.build(store.root());
        store.requireComplete(name);
        Boolean unused =
            Scopes.noGrad(() -> {
              body.accept(fixture, vae);
              return true;
            });
        store.close();
      });
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void encodesAndDecodesAsTheReference(String name) {
    with(
        name,
        (fixture, vae) -> {
          Posterior made = vae.posterior(pixels(fixture));
          fixture.check("moments", Tensors.cat(List.of(made.mean(), made.logVar()), 1));
          fixture.check("decoded", kept(vae.decodeRaw(fixture.get("z"))));
          fixture.check("second.decoded", kept(vae.decodeRaw(fixture.get("z").narrow(2, 1, 1))));
        });
  }

  private static void requireSame(Tensor actual, Tensor expected) {
    assertThat(Tensors.shape(actual)).isEqualTo(Tensors.shape(expected));
    assertThat(Tensors.toBytes(actual)).isEqualTo(Tensors.toBytes(expected));
  }

  /** Piece by piece it is the whole to the bit, and what comes later changes nothing before. */
  @ParameterizedTest
  @MethodSource("fixtures")
  void piecesAndStreamsAreTheWhole(String name) {
    with(
        name,
        (fixture, vae) -> {
          Tensor x = pixels(fixture);
          Tensor latents = vae.encode(x);
          assertThat(Tensors.shape(latents)).startsWith(1, 4, 3);
          Tensor frames = vae.decode(latents);
          assertThat(Tensors.shape(frames)).isEqualTo(Tensors.shape(x));
          for (int[] pieces : new int[][] {{1, 1, 1}, {2, 1}, {1, 2}}) {
            requireSame(streamed(vae, latents, pieces, false), frames);
            requireSame(streamed(vae, x, pieces, true), latents);
          }
          requireSame(vae.decode(latents.narrow(2, 0, 2)), frames.narrow(2, 0, 5));
          requireSame(vae.encode(x.narrow(2, 0, 5)), latents.narrow(2, 0, 2));
          requireSame(vae.encode(x.narrow(2, 0, 1)), latents.narrow(2, 0, 1));
          Stretches stretches = new Stretches(vae);
          requireSame(stretches.decode(latents, Progress.NONE), frames);
          requireSame(stretches.encode(x, Progress.NONE), latents);
        });
  }

  /** A clip through a passage, in pieces of so many latents. */
  private static Tensor streamed(WanVae vae, Tensor clip, int[] pieces, boolean encodes) {
    long height = clip.size(3) * (encodes ? 1 : vae.grid().space());
    long width = clip.size(4) * (encodes ? 1 : vae.grid().space());
    List<Tensor> parts = new ArrayList<>();
    try (Autoencoder.Passage passage =
        encodes ? vae.encoding(height, width) : vae.decoding(height, width)) {
      int gone = 0;
      for (int count : pieces) {
        int from = encodes ? vae.grid().frames(gone) : gone;
        int to = encodes ? vae.grid().frames(gone + count) : gone + count;
        parts.add(passage.next(clip.narrow(2, from, to - from), Progress.NONE));
        gone += count;
      }
    }
    return Tensors.cat(parts, 2);
  }

  /**
   * Bands of rows, with what they depend on around them. Where pictures are tiny libtorch takes
   * another kernel for a band than for the whole, which rounds otherwise.
   */
  @ParameterizedTest
  @MethodSource("fixtures")
  void bandsAreTheWhole(String name) {
    with(
        name,
        (fixture, vae) -> {
          long space = vae.grid().space();
          Tensor x = TestNetworks.normal("x", 1, 3, 5, 8 * space, 2 * space).tanh();
          Tensor z = TestNetworks.normal("z", 1, 4, 2, 8, 2);
          WanVae banded = vae.within(1);
          Tensor latents = banded.encode(x);
          Tensor frames = banded.decode(z);
          assertThat(Parity.distance(latents, vae.encode(x))).isBetween(0.0, Parity.MARK);
          assertThat(Parity.distance(frames, vae.decode(z))).isBetween(0.0, Parity.MARK);
          requireSame(streamed(banded, x, new int[] {1, 1}, true), latents);
          requireSame(streamed(banded, z, new int[] {1, 1}, false), frames);
        });
  }

  /** A latent that begins a clip is a picture; the same one later is four other frames. */
  @Test
  void aLatentBelongsToItsPlace() {
    with(
        "wan_vae/v21",
        (fixture, vae) -> {
          Tensor z = fixture.get("z");
          Tensor alone = vae.decode(z.narrow(2, 1, 1));
          assertThat(alone.size(2)).isEqualTo(1);
          Tensor later = vae.decode(z).narrow(2, 4, 1);
          assertThat(Parity.distance(alone, later)).isGreaterThan(0.1);
        });
  }

  @Test
  void aLatentThatIsNotFullIsFilledWithTheLastFrame() {
    with(
        "wan_vae/v21",
        (fixture, vae) -> {
          Tensor x = pixels(fixture).narrow(2, 0, 7);
          Tensor last = x.narrow(2, 6, 1);
          Tensor full = Tensors.cat(List.of(x, last, last), 2);
          requireSame(vae.encode(x), vae.encode(full));
        });
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void latentsAreNormalised(String name) {
    with(
        name,
        (fixture, vae) -> {
          Tensor raw = vae.posterior(pixels(fixture)).mean();
          Tensor mean = perChannel(vae.config().mean());
          Tensor std = perChannel(vae.config().std());
          requireSame(vae.encode(pixels(fixture)), raw.sub(mean).div(std));
          Tensor z = fixture.get("z");
          requireSame(vae.decode(z), vae.decodeRaw(z.mul(std).add(mean)));
        });
  }

  private static Tensor perChannel(List<Double> values) {
    double[] numbers = values.stream().mapToDouble(v -> v).toArray();
    return Tensors.of(numbers, 1, numbers.length, 1, 1, 1).to(ScalarType.Float);
  }

  /**
   * For guidance by what is decoded: the gradient of a frame reaches its latent and those before.
   */
  @ParameterizedTest
  @MethodSource("fixtures")
  void gradientsFlowThroughTheDecoder(String name) {
    with(
        name,
        (fixture, vae) -> {
          Tensor plain = vae.decode(fixture.get("z"));
          Tensor z = fixture.get("z").clone().set_requires_grad(true);
          Tensor frames = Autograd.recording(() -> vae.decode(z));
          assertThat(Parity.distance(frames.detach(), plain)).isLessThan(Parity.MARK);
          Tensor loss = Autograd.recording(() -> frames.narrow(2, 1, 4).square().sum());
          Tensor gradient = Autograd.gradient(loss, z, Autograd.Graph.FREED).orElseThrow();
          for (int latent = 0; latent < 3; latent++) {
            double most = gradient.select(2, latent).abs().max().item_double();
            assertThat(most > 0).as("latent %s", latent).isEqualTo(latent < 2);
          }
          Tensor step = Ops.mul(gradient, 1e-3 / gradient.norm().item_double());
          double slope = step.mul(gradient).sum().item_double();
          double up = energy(vae, z.detach().add(step));
          double down = energy(vae, z.detach().sub(step));
          assertThat((up - down) / 2).isCloseTo(slope, withinPercentage(2));
        });
  }

  private static double energy(WanVae vae, Tensor z) {
    return vae.decode(z).narrow(2, 1, 4).to(ScalarType.Double).square().sum().item_double();
  }

  @Test
  void tellsOfEachLatentAndStops() {
    with(
        "wan_vae/v21",
        (fixture, vae) -> {
          Tensor z = fixture.get("z").expand(2, -1, -1, -1, -1);
          List<Report> seen = new ArrayList<>();
          Tensor x = vae.decode(z, seen::add);
          assertThat(seen).extracting(Report::done).containsExactly(2L, 10L, 18L);
          assertThat(seen).extracting(Report::total).containsOnly(18L);
          assertThat(seen).extracting(Report::phase).containsOnly(Phase.DECODE);
          seen.clear();
          Tensor unused = vae.encode(x, seen::add);
          assertThat(seen).hasSize(9).extracting(Report::phase).containsOnly(Phase.ENCODE);
          seen.clear();
          Progress second =
              new Progress() {
                @Override
                public void update(Report report) {
                  seen.add(report);
                }

                @Override
                public boolean cancelled() {
                  return seen.size() == 2;
                }
              };
          assertThatThrownBy(() -> vae.decode(z, second))
              .isInstanceOf(CancellationException.class)
              .hasMessage("cancelled after 10 of 18");
        });
  }

  @Test
  void nativeMemoryIsFlatWhileStreaming() {
    with(
        "wan_vae/v22",
        (fixture, vae) -> {
          long[] at = new long[2];
          for (boolean encodes : new boolean[] {true, false}) {
            Tensor picture = encodes ? pixels(fixture) : fixture.get("z");
            Tensor first = picture.narrow(2, 0, 1);
            Tensor next = picture.narrow(2, 1, encodes ? 4 : 1);
            try (Autoencoder.Passage passage =
                encodes ? vae.encoding(48, 64) : vae.decoding(48, 64)) {
              for (int piece = 0; piece < 60; piece++) {
                Tensor given = piece == 0 ? first : next;
                Scopes.run(() -> {
                  Tensor unused = passage.next(given, Progress.NONE);
                });
                if (piece == 5 || piece == 59) {
                  System.gc();
                  at[piece == 5 ? 0 : 1] = Pointer.totalCount();
                }
              }
            }
            assertThat(at[1]).as("native objects").isLessThanOrEqualTo(at[0] + 5);
          }
        });
  }

  /** The files of the original code, with and without a prefix: the same weights to the bit. */
  @ParameterizedTest
  @MethodSource("fixtures")
  void originalNamesAreTheSameWeights(String name, @TempDir Path folder) {
    with(
        name,
        (fixture, vae) -> {
          Map<String, String> names = names(fixture.folder().resolve("original.json"));
          try (SafetensorsFile own =
              Safetensors.open(fixture.folder().resolve("diffusion_pytorch_model.safetensors"))) {
            assertThat(names.values()).containsExactlyInAnyOrderElementsOf(own.entries().keySet());
            for (String prefix : List.of("", "vae.", "first_stage_model.")) {
              Map<String, Tensor> renamed = new LinkedHashMap<>();
              names.forEach((key, ours) -> renamed.put(prefix + key, own.tensor(ours)));
              Path file = folder.resolve(prefix + "vae.safetensors");
              Safetensors.write(file, renamed, Map.of());
              requireSameWeights(file, own);
              requireShape(file, vae.config());
            }
            requireShape(own.path(), vae.config());
          }
        });
  }

  private static void requireSameWeights(Path file, SafetensorsFile own) {
    try (VaeFile opened = VaeFile.open(file)) {
      Map<String, Tensor> weights = opened.weights().tensors();
      assertThat(weights.keySet()).containsExactlyInAnyOrderElementsOf(own.entries().keySet());
      weights.forEach((key, tensor) -> requireSame(tensor, own.tensor(key)));
    }
  }

  /** But for the statistics of latents, which weights do not say. */
  private static void requireShape(Path file, WanVaeConfig config) {
    try (VaeFile opened = VaeFile.open(file)) {
      Map<String, long[]> shapes = new LinkedHashMap<>();
      opened.weights().tensors().forEach((key, t) -> shapes.put(key, Tensors.shape(t)));
      assertThat(new WeightShapes(shapes).config(config)).isEqualTo(config);
    }
  }

  private static Map<String, String> names(Path file) {
    Map<String, String> names = new LinkedHashMap<>();
    JsonFiles.read(file, JsonNode.class)
        .properties()
        .forEach(entry -> names.put(entry.getKey(), entry.getValue().asString()));
    return names;
  }

  /** The sizes that people have: names, shapes and number of the published weights. */
  @Test
  void publishedSizes() {
    ParameterStore first = ParameterStore.blueprint();
    WanVaeConfig.WAN_2_1.build(first.root());
    assertThat(first.count()).isEqualTo(126_892_531);
    ParameterStore second = ParameterStore.blueprint();
    WanVaeConfig.WAN_2_2.build(second.root());
    assertThat(second.count()).isEqualTo(704_688_668);
    for (ParameterStore store : List.of(first, second)) {
      Map<String, long[]> shapes = new LinkedHashMap<>();
      store.parameters().forEach((key, t) -> shapes.put(key, Tensors.shape(t)));
      assertThat(WanVaeConfig.of(shapes))
          .isEqualTo(store == first ? WanVaeConfig.WAN_2_1 : WanVaeConfig.WAN_2_2);
    }
  }

  /** What is remembered grows with the frame; the clip's length is not even asked for. */
  @Test
  void memoryIsEstimated() {
    long small = WanVaeConfig.WAN_2_1.footprint(192, 320).running();
    long large = WanVaeConfig.WAN_2_1.footprint(480, 832).running();
    assertThat(small / 1e9).isBetween(0.6, 1.2);
    assertThat(large / 1e9).isBetween(4.5, 6.0);
    assertThat(WanVaeConfig.WAN_2_2.footprint(480, 832).running()).isLessThan(large);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"attn_scales\": [0.5]}",
        "{\"z_dim\": 8}",
        "{\"dim_mult\": [1, 2]}",
        "{\"patch_size\": 2}",
        "{\"base_dim\": 0}",
        "{\"latents_std\": [1, 2]}",
        "{\"scale_factor_spatial\": 16}",
        "{\"scale_factor_temporal\": 8}",
        "{\"use_conv_lstm\": true}"
      })
  void otherAutoencodersAreRefused(String json, @TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), json);
    assertThatThrownBy(() -> JsonFiles.read(file, WanVaeConfig.class))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("AutoencoderKLWan");
  }

  @Test
  void aConfigIsReadAsItWasWritten(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("config.json");
    for (WanVaeConfig config : List.of(WanVaeConfig.WAN_2_1, WanVaeConfig.WAN_2_2)) {
      JsonFiles.write(file, config);
      assertThat(JsonFiles.read(file, WanVaeConfig.class)).isEqualTo(config);
    }
    Files.writeString(file, "{\"_class_name\": \"AutoencoderKLWan\", \"patch_size\": null}");
    assertThat(JsonFiles.read(file, WanVaeConfig.class)).isEqualTo(WanVaeConfig.WAN_2_1);
  }

  @Test
  void sizesOffTheGridAreRefused() {
    with(
        "wan_vae/v21",
        (fixture, vae) ->
            assertThatThrownBy(() -> vae.encode(Tensors.zeros(1, 3, 1, 48, 52)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("52x48"));
  }
}
