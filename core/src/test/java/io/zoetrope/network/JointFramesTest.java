package io.zoetrope.network;

import static io.zoetrope.network.TestNetworks.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Images trained beside a clip (Ho et al. 2022, section 3.1): an image's output, and every gradient
 * of its loss, is the same to the bit whatever clip stands beside it, and the other way round.
 */
class JointFramesTest {
  private static final int CLIP = 3;
  private static final int IMAGES = 2;
  private static final int ALL = CLIP + IMAGES;

  /**
   * One video, its levels and texts, some frames of which belong to the clip, the rest stand alone.
   */
  private record Input(Tensor z_BCFHW, Tensor t_BF, Tensor text_BGND, Tensor pooled_BGD) {
    static Input random(NetworkConfig config, String name) {
      return new Input(
          normal(name + "z", 2, config.gives(), ALL, 4, 4),
          Ops.mul(normal(name + "t", 2, ALL).abs(), 300),
          normal(name + "text", 2, 1 + IMAGES, 5, config.textWidth()),
          normal(name + "pooled", 2, 1 + IMAGES, config.textWidth()));
    }

    /** This, with the clip of another. */
    Input withClipOf(Input other) {
      return new Input(
          join(other.z_BCFHW, z_BCFHW, 2, CLIP),
          join(other.t_BF, t_BF, 1, CLIP),
          join(other.text_BGND, text_BGND, 1, 1),
          join(other.pooled_BGD, pooled_BGD, 1, 1));
    }

    private static Tensor join(Tensor first, Tensor rest, long axis, long at) {
      return Tensors.cat(
          List.of(first.narrow(axis, 0, at), rest.narrow(axis, at, rest.size(axis) - at)), axis);
    }

    Conditioning conditioning() {
      Tensor groups = Tensors.of(new long[] {0, 0, 0, 1, 2, 0, 0, 0, 1, 2}, 2, ALL);
      Tensor mask = Tensors.full(1, 2, 1 + IMAGES, 5).to(ScalarType.Bool);
      return Conditioning.none()
          .with(Conditioning.TEXT, text_BGND)
          .with(Conditioning.TEXT_MASK, mask)
          .with(Conditioning.POOLED, pooled_BGD)
          .with(Conditioning.FRAME_TEXTS, groups)
          .with(Conditioning.FRAME_TIMES, Tensors.of(new float[] {0, 1, 2, 0, 0}, 1, ALL))
          .with(Conditioning.FRAME_GROUPS, groups);
    }
  }

  static Stream<NetworkConfig> networks() {
    UNetConfig unet = UNetConfig.size("tiny");
    return Stream.concat(
        Stream.of(DitConfig.size("tiny")),
        Inflation.RECIPES.values().stream()
            .sorted(Comparator.comparing(Inflation::toString))
            .map(unet::inflated));
  }

  private static Tensor run(VideoNetwork network, Input in) {
    return network.predict(in.z_BCFHW, in.t_BF, in.conditioning());
  }

  private static Tensor clip(Tensor video) {
    return video.narrow(2, 0, CLIP);
  }

  private static Tensor images(Tensor video) {
    return video.narrow(2, CLIP, IMAGES);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void imagesDoNotSeeTheClipNorTheClipThem(NetworkConfig config) {
    Scopes.run(() -> {
      VideoNetwork network = TestNetworks.network(config, TestNetworks.weights(config));
      Input a = Input.random(config, "a");
      Input b = a.withClipOf(Input.random(config, "b"));
      Tensor ya = run(network, a);
      Tensor yb = run(network, b);
      assertThat(Tensors.toBytes(images(yb))).isEqualTo(Tensors.toBytes(images(ya)));
      assertThat(clip(yb).equal(clip(ya))).isFalse();
      // The same clip beside other images.
      Tensor yc = run(network, Input.random(config, "c").withClipOf(a));
      assertThat(Tensors.toBytes(clip(yc))).isEqualTo(Tensors.toBytes(clip(ya)));
      assertThat(images(yc).equal(images(ya))).isFalse();
    });
  }

  @ParameterizedTest
  @MethodSource("networks")
  void gradientsOfAnImagesLossDoNotSeeTheClip(NetworkConfig config) {
    Scopes.run(() -> {
      Map<String, Tensor> weights = TestNetworks.weights(config);
      Input a = Input.random(config, "a");
      Map<String, byte[]> first = gradients(config, weights, a, JointFramesTest::images);
      Map<String, byte[]> second =
          gradients(
              config, weights, a.withClipOf(Input.random(config, "b")), JointFramesTest::images);
      assertThat(second.keySet()).isEqualTo(first.keySet());
      first.forEach((name, g) -> assertThat(second.get(name)).as(name).isEqualTo(g));
    });
  }

  /** Gradients of every parameter and of the images; none reaches the clip. */
  private static Map<String, byte[]> gradients(
      NetworkConfig config, Map<String, Tensor> weights, Input in, UnaryOperator<Tensor> part) {
    ParameterStore store = ParameterStore.forTraining(weights, new RandomStreams(1), Precision.F32);
    VideoNetwork network = config.build(store.root());
    store.trainable(name -> true);
    Tensor z = in.z_BCFHW.clone().set_requires_grad(true);
    Input leaf = new Input(z, in.t_BF, in.text_BGND, in.pooled_BGD);
    part.apply(run(network, leaf)).square().mean().backward();
    Map<String, byte[]> gradients = new LinkedHashMap<>();
    store.parameters().forEach((name, p) -> gradients.put(name, bytes(Autograd.gradient(p))));
    Tensor byVideo = Autograd.gradient(z).orElseThrow();
    gradients.put("images", bytes(Optional.of(images(byVideo))));
    assertThat(clip(byVideo).abs().max().item_double()).isZero();
    assertThat(images(byVideo).abs().max().item_double()).isPositive();
    return gradients;
  }

  private static byte[] bytes(Optional<Tensor> gradient) {
    return gradient.map(Tensors::toBytes).orElse(new byte[0]);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void anImageBesideAClipIsTheImageAlone(NetworkConfig config) {
    Scopes.run(() -> {
      VideoNetwork network = TestNetworks.network(config, TestNetworks.weights(config));
      Input in = Input.random(config, "a");
      Tensor beside = run(network, in).narrow(2, CLIP + 1, 1);
      Conditioning own =
          Conditioning.text(in.text_BGND.select(1, 2)).withPooled(in.pooled_BGD.select(1, 2));
      Tensor alone =
          network.predict(in.z_BCFHW.narrow(2, CLIP + 1, 1), in.t_BF.narrow(1, CLIP + 1, 1), own);
      assertThat(alone.sub(beside).abs().max().item_double()).isLessThan(2e-5);
    });
  }

  @ParameterizedTest
  @MethodSource("networks")
  void oneGroupIsNoGroups(NetworkConfig config) {
    Scopes.run(() -> {
      VideoNetwork network = TestNetworks.network(config, TestNetworks.weights(config));
      Input in = Input.random(config, "a");
      Conditioning text = TestNetworks.text(config, 2);
      Tensor none = Tensors.of(new long[2 * ALL], 2, ALL);
      Tensor plain = network.predict(in.z_BCFHW, in.t_BF, text);
      Tensor grouped =
          network.predict(
              in.z_BCFHW,
              in.t_BF,
              text.with(Conditioning.FRAME_GROUPS, none).with(Conditioning.FRAME_TEXTS, none));
      assertThat(plain.sub(grouped).abs().max().item_double()).isLessThan(2e-5);
    });
  }

  @ParameterizedTest
  @MethodSource("networks")
  void whatDoesNotFitIsRefused(NetworkConfig config) {
    Scopes.run(() -> {
      VideoNetwork network = TestNetworks.network(config, TestNetworks.weights(config));
      Input in = Input.random(config, "a");
      Conditioning good = in.conditioning();
      assertThatThrownBy(() ->
              network.predict(
                  in.z_BCFHW,
                  in.t_BF,
                  good.with(Conditioning.FRAME_GROUPS, Tensors.of(new long[4], 2, 2))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[2, 2] are not for 2 clips of 5 frames");
      assertThatThrownBy(() ->
              network.predict(
                  in.z_BCFHW,
                  in.t_BF,
                  good.with(
                      Conditioning.FRAME_TEXTS,
                      Tensors.of(new long[] {0, 0, 0, 1, 3, 0, 0, 0, 1, 2}, 2, ALL))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("text 3 of 3");
    });
  }
}
