package io.zoetrope.network.vae;

import static io.zoetrope.torch.Rearrange.rearrange;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against fixtures of reference/make_vae.py. */
class AutoencoderKLTest {
  static Stream<String> fixtures() {
    return Stream.of("vae/sd", "vae/wide");
  }

  /** What a test does with a fixture and the autoencoder of its weights. */
  private static void with(
      String name, Precision precision, BiConsumer<Parity, AutoencoderKL> body) {
    try (Parity fixture = Parity.of(name);
        SafetensorsFile file =
            Safetensors.open(
                fixture
                    .folder()
                    .resolve(
                        name.endsWith("wide")
                            ? "diffusion_pytorch_model.fp16.safetensors"
                            : "diffusion_pytorch_model.safetensors"))) {
      Scopes.run(() ->
          Scopes.noGrad(() -> {
            KlConfig config =
                JsonFiles.read(fixture.folder().resolve("config.json"), KlConfig.class);
            Map<String, Tensor> weights = new LinkedHashMap<>();
            file.tensors().forEach((key, t) -> weights.put(KlNames.modern(key), t));
            ParameterStore store = ParameterStore.forInference(weights, precision);
            AutoencoderKL vae = config.build(store.root());
            store.requireComplete(name);
            body.accept(fixture, vae);
            store.close();
            return true;
          }));
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void encodesAndDecodesAsTheReference(String name) {
    with(
        name,
        Precision.F32,
        (fixture, vae) -> {
          Posterior posterior = vae.posterior(fixture.get("x"));
          fixture.check("mean", posterior.mean());
          fixture.check("logvar", posterior.logVar());
          fixture.check("draw", posterior.sample(fixture.get("eps")));
          fixture.check("decoded", vae.decodeRaw(fixture.get("z")));
          fixture.check("big.mean", vae.posterior(fixture.get("big.x")).mean());
          fixture.check("big.decoded", vae.decodeRaw(fixture.get("big.z")));
        });
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void tilesAsTheReference(String name) {
    with(
        name,
        Precision.F32,
        (fixture, whole) -> {
          AutoencoderKL vae = whole.tiled(Tiling.of(whole.config()));
          fixture.check("tiled.mean", vae.posterior(fixture.get("big.x")).mean());
          fixture.check("tiled.decoded", vae.decodeRaw(fixture.get("big.z")));
          // Nothing is cut that is no larger than a tile.
          assertThat(same(vae.decodeRaw(fixture.get("z")), whole.decodeRaw(fixture.get("z"))))
              .isTrue();
        });
  }

  /** As the interface has it: clips, normalised latents. */
  @ParameterizedTest
  @MethodSource("fixtures")
  void latentsAreShiftedAndScaled(String name) {
    with(
        name,
        Precision.F32,
        (fixture, vae) -> {
          KlConfig config = vae.config();
          Tensor x = fixture.get("x");
          Tensor clip = rearrange(x, "(b f) c h w -> b c f h w", "f", x.size(0));
          Tensor mean =
              Ops.mul(Ops.add(fixture.get("mean"), -config.shiftFactor()), config.scalingFactor());
          Tensor z = vae.encode(clip);
          assertThat(Parity.distance(z.select(0, 0).transpose(0, 1), mean)).isLessThan(1e-5);
          Tensor zeros = Tensors.zeros(Tensors.shape(z));
          assertThat(same(vae.encode(clip, zeros), z)).isTrue();
          Tensor back = vae.decodeRaw(fixture.get("mean"));
          assertThat(Parity.distance(vae.decode(z).select(0, 0).transpose(0, 1), back))
              .isLessThan(1e-5);
        });
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void groupsOfFramesChangeNothing(String name) {
    with(
        name,
        Precision.F32,
        (fixture, vae) -> {
          fixture.check("mean", vae.within(0).posterior(fixture.get("x")).mean());
          fixture.check("decoded", vae.within(0).decodeRaw(fixture.get("z")));
          Tensor x = fixture.get("x");
          long two = 2 * vae.bytesPerFrame(x.size(2), x.size(3));
          fixture.check("mean", vae.within(two).posterior(x).mean());
        });
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void bf16IsNoFurtherThanTheReferences(String name) {
    with(
        name,
        Precision.BF16,
        (fixture, vae) -> {
          fixture.checkBf16("mean", vae.posterior(fixture.get("x")).mean());
          fixture.checkBf16("decoded", vae.decodeRaw(fixture.get("z")));
        });
  }

  /** A frame of one tile and a bit more, in tiles of any size and overlap. */
  @ParameterizedTest
  @CsvSource({"2,1", "3,1", "3,2", "4,0"})
  void anyTilesGiveTheRightSize(int latents, int overlap) {
    with(
        "vae/sd",
        Precision.F32,
        (fixture, whole) -> {
          AutoencoderKL vae = whole.tiled(new Tiling(latents, overlap));
          for (int side : new int[] {15, 33}) {
            Tensor x = Tensors.zeros(1, 3, side, 2 * side);
            assertThat(Tensors.shape(vae.posterior(x).mean()))
                .containsExactly(1, 4, side / 8, 2 * side / 8);
          }
          Tensor z = Tensors.zeros(1, 4, 5, 9);
          assertThat(Tensors.shape(vae.decodeRaw(z))).containsExactly(1, 3, 40, 72);
        });
  }

  @Test
  void framesOfNoLatentAreRefused() {
    with(
        "vae/sd",
        Precision.F32,
        (fixture, vae) -> {
          assertThatThrownBy(() -> vae.posterior(Tensors.zeros(1, 3, 64, 7)))
              .isInstanceOf(UserError.class)
              .hasMessageContaining("7x64");
        });
  }

  /** The size that people have: names, shapes and number of Stable Diffusion's weights. */
  @Test
  void stableDiffusionsSize() {
    ParameterStore store = ParameterStore.blueprint();
    KlConfig.SD15.build(store.root());
    assertThat(store.parameters()).hasSize(248);
    assertThat(store.count()).isEqualTo(83_653_863);
    assertThat(store.parameters().keySet())
        .contains("decoder.mid_block.attentions.0.to_out.0.bias", "quant_conv.weight");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"block_out_channels\": [32, 48]}",
        "{\"act_fn\": \"gelu\"}",
        "{\"down_block_types\": [\"DownEncoderBlock2D\", \"AttnDownEncoderBlock2D\"]}",
        "{\"latents_mean\": [0, 0, 0, 0]}",
        "{\"in_channels\": 4}",
        "{\"scaling_factor\": 0}",
        "{\"layers_per_block\": 0}"
      })
  void otherAutoencodersAreRefused(
      String json, @org.junit.jupiter.api.io.TempDir java.nio.file.Path folder)
      throws java.io.IOException {
    java.nio.file.Path file = java.nio.file.Files.writeString(folder.resolve("config.json"), json);
    assertThatThrownBy(() -> JsonFiles.read(file, KlConfig.class))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("AutoencoderKL");
  }

  @Test
  void aConfigIsReadAsItWasWritten(@org.junit.jupiter.api.io.TempDir java.nio.file.Path folder) {
    java.nio.file.Path file = folder.resolve("config.json");
    JsonFiles.write(file, KlConfig.SD15);
    assertThat(JsonFiles.read(file, KlConfig.class)).isEqualTo(KlConfig.SD15);
  }

  private static boolean same(Tensor a, Tensor b) {
    return a.equal(b);
  }

  /** Frames of both clips are counted; between the layers of each the work can be stopped. */
  @Test
  void tellsOfEveryLayerAndCountsFrames() {
    with(
        "vae/sd",
        Precision.F32,
        (fixture, vae) -> {
          Tensor x = fixture.get("x").narrow(0, 0, 1).unsqueeze(2).expand(2, -1, 3, -1, -1);
          AutoencoderKL one = vae.within(0);
          List<Report> seen = new ArrayList<>();
          Tensor z = one.encode(x, seen::add);
          assertThat(Tensors.toBytes(z)).isEqualTo(Tensors.toBytes(one.encode(x)));
          List<Long> done = seen.stream().map(Report::done).toList();
          assertThat(done).isSorted().hasSizeGreaterThan(6 * 5);
          assertThat(new TreeSet<>(done)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
          assertThat(seen).extracting(Report::phase).containsOnly(Phase.ENCODE);
          Progress second =
              new Progress() {
                @Override
                public void update(Report report) {
                  assertThat(report.phase()).isEqualTo(Phase.DECODE);
                  assertThat(report.total()).isEqualTo(6);
                  seen.add(report);
                }

                @Override
                public boolean cancelled() {
                  return seen.size() >= 20;
                }
              };
          seen.clear();
          assertThatThrownBy(() -> one.decode(z, second))
              .isInstanceOf(CancellationException.class)
              .hasMessage("cancelled after 1 of 6");
          assertThat(seen).hasSizeBetween(20, 21);
        });
  }
}
