package io.zoetrope.network.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.zoetrope.Parity;
import io.zoetrope.network.TestNetworks;
import io.zoetrope.network.vae.tiny.TinyConfig;
import io.zoetrope.network.vae.tiny.TinyPicturesConfig;
import io.zoetrope.network.vae.wan.WanVaeConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.ComputeDevice;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every autoencoder promises. */
class AutoencoderContractTest {
  private static final KlConfig KL =
      new KlConfig(List.of(8, 8, 16, 16), 1, 4, 4, 64, 0.18215, 0, true, true, true);

  private static final Map<String, AutoencoderConfig> CONFIGS =
      Map.ofEntries(
          Map.entry("compact", CompactConfig.size("tiny")),
          Map.entry("KL", KL),
          Map.entry(
              "KL, wide and bare",
              new KlConfig(List.of(8, 16), 1, 16, 4, 64, 0.36, 0.1159, false, false, false)),
          Map.entry(
              "KL, decoder over time",
              new KlTemporalConfig(
                  new KlConfig(List.of(8, 16), 2, 4, 4, 64, 0.18215, 0, true, false, true))),
          Map.entry(
              "compact, decoder over time", CompactTemporalConfig.of(CompactConfig.size("tiny"))),
          Map.entry("pixels", Pixels.INSTANCE),
          Map.entry(
              "TAEHV",
              new TinyConfig(4, 1, 8, List.of(2, 2, 1), List.of(16, 12, 8, 8), List.of(1, 2, 2))),
          Map.entry(
              "TAESD",
              new TinyPicturesConfig(
                  4,
                  Optional.of(new TinyPicturesConfig.Half(8, List.of(1, 2, 2))),
                  new TinyPicturesConfig.Half(12, List.of(2, 2, 1)))),
          Map.entry("Wan 2.1", wan(1, false)),
          Map.entry("Wan 2.2", wan(2, true)));

  private static WanVaeConfig wan(int patch, boolean residual) {
    int folded = 3 * patch * patch;
    return new WanVaeConfig(
        4,
        8,
        4,
        List.of(1, 2, 2),
        1,
        List.of(true, true),
        residual,
        folded,
        folded,
        patch,
        List.of(0.1, -0.2, 0.3, 0.0),
        List.of(1.5, 0.5, 1.0, 2.0));
  }

  /** One that has a device of its own. */
  private static final String PLACED = "KL, placed";

  /** A latent is encoded of frames behind its own: no part of a clip before the whole is there. */
  private static final Set<String> ENCODES_WHOLE = Set.of("TAEHV");

  /** Products of larger matrices may round otherwise. */
  private static final double MARK = 1e-5;

  /** The numbers within a TAEHV of random weights are far larger than those of the others. */
  private static double mark(String name) {
    return name.equals("TAEHV") ? 1e-4 : MARK;
  }

  static Stream<String> autoencoders() {
    return Stream.concat(CONFIGS.keySet().stream().sorted(), Stream.of(PLACED));
  }

  private static Autoencoder make(String name) {
    ParameterStore store =
        ParameterStore.forTraining(Map.of(), new RandomStreams(2), Precision.F32);
    Autoencoder made = config(name).build(store.root());
    return name.equals(PLACED) ? made.on(ComputeDevice.CPU) : made;
  }

  private static AutoencoderConfig config(String name) {
    return Objects.requireNonNull(CONFIGS.get(name.equals(PLACED) ? "KL" : name));
  }

  /** Pictures of a height and width of 3 and 2 latents. */
  private static Tensor pixels(Autoencoder a, long clips, long frames) {
    return TestNetworks.normal("x", clips, 3, frames, 3L * a.grid().space(), 2L * a.grid().space())
        .tanh();
  }

  private static Tensor latents(Autoencoder a, long clips, long frames) {
    return TestNetworks.normal("z", clips, a.grid().channels(), frames, 3, 2);
  }

  private static Tensor run(UnaryOperator<Tensor> body, Tensor x) {
    return Scopes.noGrad(() -> body.apply(x));
  }

  private static void requireFinite(Tensor x) {
    assertThat(x.scalar_type().intern()).isEqualTo(ScalarType.Float);
    for (float value : Tensors.toFloats(x)) {
      assertThat(value).isFinite();
    }
  }

  @Test
  void everyAutoencoderIsThere() {
    List<String> classes =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.zoetrope")
                .stream()
                .filter(c -> c.isAssignableTo(Autoencoder.class) && !c.isInterface())
                .map(c -> c.getName())
                .toList();
    Stream<String> made = autoencoders().map(name -> make(name).getClass().getName());
    assertThat(made.distinct().toList()).containsExactlyInAnyOrderElementsOf(classes);
  }

  @ParameterizedTest
  @MethodSource("autoencoders")
  void whatItSaysOfItselfIsWhatItsConfigSays(String name) {
    Autoencoder a = make(name);
    AutoencoderConfig config = config(name);
    assertThat(a.grid()).isEqualTo(config.grid());
  }

  @ParameterizedTest
  @MethodSource("autoencoders")
  void anyNumberOfFramesThereAndBack(String name) {
    Scopes.run(() -> {
      Autoencoder a = make(name);
      for (int frames : new int[] {1, 2, 3, 5}) {
        if (!a.grid().fills(frames)) {
          continue;
        }
        Tensor x = pixels(a, 2, frames);
        Tensor z = run(a::encode, x);
        assertThat(Tensors.shape(z))
            .containsExactly(2, a.grid().channels(), a.grid().latents(frames), 3, 2);
        requireFinite(z);
        Tensor back = run(a::decode, z);
        assertThat(Tensors.shape(back)).isEqualTo(Tensors.shape(x));
        requireFinite(back);
      }
    });
  }

  @ParameterizedTest
  @MethodSource("autoencoders")
  void theSameComesOfTheSame(String name) {
    Scopes.run(() -> {
      Autoencoder a = make(name);
      Tensor x = pixels(a, 1, 2);
      Tensor z = latents(a, 1, 2);
      Tensor[] before = {x.clone(), z.clone()};
      byte[] encoded = Tensors.toBytes(run(a::encode, x));
      byte[] decoded = Tensors.toBytes(run(a::decode, z));
      assertThat(Tensors.toBytes(run(a::encode, x))).isEqualTo(encoded);
      assertThat(Tensors.toBytes(run(a::decode, z))).isEqualTo(decoded);
      assertThat(Tensors.toBytes(x)).isEqualTo(Tensors.toBytes(before[0]));
      assertThat(Tensors.toBytes(z)).isEqualTo(Tensors.toBytes(before[1]));
    });
  }

  /** Long clips are done one stretch after another. */
  @ParameterizedTest
  @MethodSource("autoencoders")
  void stretchesMakeTheWhole(String name) {
    Scopes.run(() -> {
      Autoencoder a = make(name);
      LatentGrid grid = a.grid();
      Tensor x = pixels(a, 1, grid.frames(5));
      Tensor z = latents(a, 1, 5);
      long height = x.size(3);
      long width = x.size(4);
      try (Autoencoder.Passage passage = a.encoding(height, width)) {
        if (ENCODES_WHOLE.contains(name)) {
          requireWhole(a::encode, passage, x);
        } else {
          requireStretches(a::encode, passage, x, grid::frames);
        }
      }
      try (Autoencoder.Passage passage = a.decoding(height, width)) {
        if (a.stretch(height, width).streams()) {
          requireStretches(a::decode, passage, z, latents -> latents);
        } else {
          requireWhole(a::decode, passage, z);
        }
      }
    });
  }

  private static void requireWhole(
      UnaryOperator<Tensor> body, Autoencoder.Passage passage, Tensor x) {
    assertThat(Tensors.toBytes(passage.next(x, Progress.NONE)))
        .isEqualTo(Tensors.toBytes(run(body, x)));
    assertThatThrownBy(() -> passage.next(x, Progress.NONE))
        .isInstanceOf(IllegalStateException.class);
  }

  private static void requireStretches(
      UnaryOperator<Tensor> body, Autoencoder.Passage passage, Tensor x, IntUnaryOperator length) {
    List<Tensor> parts = new ArrayList<>();
    for (int from = 0; from < 5; from += 2) {
      long first = length.applyAsInt(from);
      long end = length.applyAsInt(Math.min(5, from + 2));
      parts.add(passage.next(x.narrow(2, first, end - first), Progress.NONE));
    }
    assertThat(Parity.distance(Tensors.cat(parts, 2), run(body, x))).isLessThan(MARK);
  }

  @ParameterizedTest
  @MethodSource("autoencoders")
  void aClipIsItsOwnInABatch(String name) {
    Scopes.run(() -> {
      Autoencoder a = make(name);
      Tensor x = pixels(a, 2, 3);
      Tensor z = latents(a, 2, 3);
      for (int clip = 0; clip < 2; clip++) {
        Tensor alone = run(a::encode, x.narrow(0, clip, 1));
        assertThat(Parity.distance(run(a::encode, x).narrow(0, clip, 1), alone))
            .isLessThan(mark(name));
        Tensor decoded = run(a::decode, z.narrow(0, clip, 1));
        assertThat(Parity.distance(run(a::decode, z).narrow(0, clip, 1), decoded))
            .isLessThan(mark(name));
      }
    });
  }

  @ParameterizedTest
  @MethodSource("autoencoders")
  void wrongChannelsAreRefusedInALine(String name) {
    Scopes.run(() -> {
      Autoencoder a = make(name);
      Tensor x = TestNetworks.normal("x", 1, 5, 1, 3L * a.grid().space(), 2L * a.grid().space());
      Tensor z = TestNetworks.normal("z", 1, a.grid().channels() + 1, 1, 3, 2);
      assertThatThrownBy(() -> run(a::encode, x))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("5")
          .message()
          .hasLineCount(1);
      assertThatThrownBy(() -> run(a::decode, z))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(String.valueOf(a.grid().channels() + 1))
          .message()
          .hasLineCount(1);
    });
  }
}
