package io.zoetrope.network.unet;

import static io.zoetrope.network.TestNetworks.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.ContextWindows.Shape;
import io.zoetrope.network.TestNetworks;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** U-Nets that halve time with space (Lumiere): how they begin, and what they leave alone. */
class HalvedTimeTest {
  /** Two halvings. */
  private static final UNetConfig IMAGE =
      new UNetConfig(
          4, 4, List.of(16, 16, 32), List.of(0, 0, 2), 2, 1, 32, LayerStyle.SMALL, Inflation.NONE);

  private static final UNetConfig HALVED = IMAGE.inflated(Inflation.STUNET);

  private static Tensor ask(VideoNetwork network, Tensor z, Tensor t, Conditioning more) {
    return network.predict(z, t, TestNetworks.text(IMAGE, z.size(0)).and(more));
  }

  private static Tensor levels(double... t) {
    return Tensors.of(t, 1, t.length);
  }

  private static Tensor frames(Tensor z, long... which) {
    return z.index_select(2, Tensors.of(which, which.length));
  }

  private static VideoNetwork begun(Map<String, Tensor> image) {
    return HALVED.build(
        ParameterStore.forTraining(image, new RandomStreams(1), Precision.F32).root());
  }

  @Test
  void everySecondFrameIsKeptAndStandsForTwo() {
    Scopes.run(() -> {
      Tensor x = Tensors.of(new double[] {1, 2, 3, 4, 5}, 5, 1, 1, 1);
      TimePooling halving = TimePooling.of(Optional.empty(), 1, 5);
      assertThat(Tensors.toFloats(halving.down(x))).containsExactly(1, 3, 5);
      assertThat(Tensors.toFloats(halving.up(halving.down(x)))).containsExactly(1, 1, 3, 3, 5);
      assertThat(Tensors.toFloats(halving.mean(x.reshape(5, 1)))).containsExactly(1.5f, 3.5f, 5);
    });
  }

  /** Where frames come in fours alike, dropping and repeating them changes nothing. */
  @Test
  void itBeginsAsTheImageNetworkOfFramesThatRepeat() {
    Scopes.run(() -> {
      Map<String, Tensor> image = TestNetworks.weights(IMAGE);
      Tensor few = normal("z", 1, 4, 2, 8, 8);
      Tensor z = frames(few, 0, 0, 0, 0, 1, 1, 1, 1);
      Tensor t = levels(100, 100, 100, 100, 700, 700, 700, 700);
      Tensor wanted = ask(TestNetworks.network(IMAGE, image), z, t, Conditioning.none());
      Tensor got = ask(begun(image), z, t, Conditioning.none());
      assertThat(got.sub(wanted).abs().max().item_double()).isLessThan(1e-5);
      // Frames that differ within a four do not have features of their own at the coarsest.
      Tensor other = frames(normal("other", 1, 4, 8, 8, 8), 0, 1, 2, 3, 4, 5, 6, 7);
      Tensor apart =
          ask(TestNetworks.network(IMAGE, image), other, t, Conditioning.none())
              .sub(ask(begun(image), other, t, Conditioning.none()));
      assertThat(apart.abs().max().item_double()).isGreaterThan(1e-3);
    });
  }

  /** The mean of a held frame's features and of a noisy one's, not the features of half a level. */
  @Test
  void levelsAreAveragedAsFeatures() {
    Scopes.run(() -> {
      VideoNetwork network = begun(TestNetworks.weights(IMAGE));
      Tensor z = frames(normal("z", 1, 4, 1, 8, 8), 0, 0, 0, 0);
      byte[] mixed =
          Tensors.toBytes(ask(network, z, levels(0, 1000, 0, 1000), Conditioning.none()));
      byte[] half =
          Tensors.toBytes(ask(network, z, levels(500, 500, 500, 500), Conditioning.none()));
      assertThat(mixed).isNotEqualTo(half);
    });
  }

  @Test
  void imagesBesideAClipAreUntouchedByIt() {
    Scopes.run(() -> {
      VideoNetwork network = TestNetworks.network(HALVED, TestNetworks.weights(HALVED));
      Tensor clip = normal("clip", 1, 4, 5, 8, 8);
      Tensor image = normal("image", 1, 4, 2, 8, 8);
      Tensor t = levels(300, 300, 300, 300, 300, 50, 800);
      Conditioning groups =
          Conditioning.none()
              .with(Conditioning.FRAME_GROUPS, Tensors.of(new long[] {0, 0, 0, 0, 0, 1, 2}, 1, 7));
      Tensor with = ask(network, Tensors.cat(List.of(clip, image), 2), t, groups);
      Tensor other =
          ask(
              network,
              Tensors.cat(List.of(normal("elsewhere", 1, 4, 5, 8, 8), image), 2),
              t,
              groups);
      assertThat(Tensors.toBytes(other.narrow(2, 5, 2).contiguous()))
          .isEqualTo(Tensors.toBytes(with.narrow(2, 5, 2).contiguous()));
      assertThat(Tensors.toBytes(other.narrow(2, 0, 5).contiguous()))
          .isNotEqualTo(Tensors.toBytes(with.narrow(2, 0, 5).contiguous()));
      // And the clip by them.
      Tensor alone = ask(network, clip, t.narrow(1, 0, 5).contiguous(), Conditioning.none());
      assertThat(with.narrow(2, 0, 5).sub(alone).abs().max().item_double()).isLessThan(1e-4);
    });
  }

  /** What comes four frames later is answered four frames later, away from the ends. */
  @Test
  void itMovesWithTheVideoByMultiplesOfFour() {
    UNetConfig convolutions =
        new UNetConfig(
            4,
            4,
            List.of(16, 16, 32),
            List.of(0, 0, 0),
            Middle.PLAIN,
            1,
            32,
            LayerStyle.SMALL,
            Inflation.STUNET);
    assertThat(convolutions.together()).isEqualTo(4);
    Scopes.run(() -> {
      VideoNetwork network = TestNetworks.network(convolutions, TestNetworks.weights(convolutions));
      Tensor z = normal("z", 1, 4, 132, 4, 4);
      Tensor t = Tensors.full(300, 1, 128);
      Tensor plain = ask(network, z.narrow(2, 0, 128), t, Conditioning.none());
      Tensor later = ask(network, z.narrow(2, 4, 128), t, Conditioning.none());
      double moved = later.narrow(2, 60, 4).sub(plain.narrow(2, 64, 4)).abs().max().item_double();
      assertThat(moved).isLessThan(1e-4);
      Tensor one = ask(network, z.narrow(2, 1, 128), t, Conditioning.none());
      assertThat(one.narrow(2, 60, 4).sub(plain.narrow(2, 61, 4)).abs().max().item_double())
          .isGreaterThan(1e-2);
    });
  }

  @Test
  void windowsBeginAtMultiples() {
    Shape shape = new Shape(16, 2).together(4);
    for (double level : new double[] {0, 0.137, 0.5, 0.81, 1}) {
      List<Integer> starts = shape.over(60, level);
      assertThat(starts).allMatch(start -> start % 4 == 0);
      assertThat(starts.getLast()).isEqualTo(44);
    }
    assertThatThrownBy(() -> new Shape(15, 2).together(4)).hasMessageContaining("takes 4 frames");
    assertThat(new Shape(15, 2).together(1)).isEqualTo(new Shape(15, 2));
  }

  @Test
  void itsConfigComesBackFromJson(@TempDir Path folder) {
    Path file = folder.resolve("config.json");
    JsonFiles.write(file, HALVED);
    assertThat(JsonFiles.read(file, UNetConfig.class)).isEqualTo(HALVED);
    assertThat(Inflation.LUMIERE.trains("conv_in.weight")).isFalse();
    assertThat(Inflation.LUMIERE.trains("down_blocks.0.downsamplers.0.time.weight")).isTrue();
    assertThat(Inflation.of("stunet")).isEqualTo(Inflation.STUNET);
  }
}
