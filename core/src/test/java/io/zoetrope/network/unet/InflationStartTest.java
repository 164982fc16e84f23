package io.zoetrope.network.unet;

import static io.zoetrope.network.TestNetworks.network;
import static io.zoetrope.network.TestNetworks.normal;
import static io.zoetrope.network.TestNetworks.text;
import static io.zoetrope.network.TestNetworks.weights;
import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** Every inflation begins as the image network that it inflates. */
class InflationStartTest {
  private static final UNetConfig TINY = UNetConfig.size("tiny");
  private static final UNetConfig IMAGE = TINY.inflated(Inflation.NONE);

  static Stream<String> recipes() {
    return Inflation.RECIPES.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void newLayersAreSilentAndFramesAloneAreTheImageNetworks(String recipe) {
    Scopes.run(() -> {
      Inflation inflation = Inflation.of(recipe);
      UNetConfig inflated = TINY.inflated(inflation);
      Map<String, Tensor> image = weights(IMAGE);
      ParameterStore store = ParameterStore.forTraining(image, new RandomStreams(9), Precision.F32);
      UNet video = inflated.build(store.root());
      UNetConfig without =
          IMAGE.inflated(Inflation.NONE.looking(inflation.attention()).normed(inflation.norms()));

      Tensor z = normal("z", 2, 4, 3, 4, 5);
      Tensor t_BF = Ops.mul(Ops.add(normal("t", 2, 3).abs(), 0.1), 200);
      Conditioning text = text(TINY, 2);
      Tensor clip = video.predict(z, t_BF, text);
      Tensor same = network(without, image).predict(z, t_BF, text);
      // What halves time begins as the image network of frames that repeat: HalvedTimeTest.
      assertThat(Arrays.equals(Tensors.toBytes(clip), Tensors.toBytes(same)))
          .isEqualTo(!inflation.halving());

      Conditioning alone =
          text.with(Conditioning.FRAME_GROUPS, Tensors.of(new long[] {0, 1, 2, 0, 1, 2}, 2, 3));
      Tensor apart = video.predict(z, t_BF, alone);
      Tensor still = network(IMAGE, image).predict(z, t_BF, text);
      assertThat(Tensors.toBytes(apart)).isEqualTo(Tensors.toBytes(still));
    });
  }

  /** Frame 0 sees itself twice, which is once; and with norms of a clip, what the others are. */
  @Test
  void tuneAVideoBeginsAtTheImageOfTheFirstFrame() {
    Scopes.run(() -> {
      Map<String, Tensor> image = weights(IMAGE);
      Inflation tune = Inflation.TUNE_A_VIDEO;
      Tensor z = normal("z", 1, 4, 3, 4, 5);
      Tensor t_BF = Tensors.full(300, 1, 3);
      Tensor still = network(IMAGE, image).predict(z, t_BF, text(TINY, 1));
      for (NormScope norms : NormScope.values()) {
        ParameterStore store =
            ParameterStore.forTraining(image, new RandomStreams(9), Precision.F32);
        UNet video = TINY.inflated(tune.normed(norms)).build(store.root());
        Tensor clip = video.predict(z, t_BF, text(TINY, 1));
        double first = clip.sub(still).narrow(2, 0, 1).abs().max().item_double();
        double last = clip.sub(still).narrow(2, 2, 1).abs().max().item_double();
        if (norms == NormScope.FRAME) {
          assertThat(first).isLessThan(1e-5);
        } else {
          assertThat(first).isGreaterThan(1e-3);
        }
        assertThat(last).isGreaterThan(1e-3);
      }
    });
  }

  /** A group is normalised as the clip that it would be alone. */
  @Test
  void normsOfAClipAreThoseOfEachGroup() {
    Scopes.run(() -> {
      UNetConfig config = TINY.inflated(Inflation.TUNE_A_VIDEO);
      VideoNetwork network = network(config, weights(config));
      Tensor z = normal("z", 2, 4, 4, 4, 5);
      Tensor t_BF = Tensors.full(300, 2, 4);
      Conditioning grouped =
          text(TINY, 2)
              .with(
                  Conditioning.FRAME_GROUPS, Tensors.of(new long[] {0, 1, 0, 1, 5, 5, 5, 7}, 2, 4));
      Tensor y = network.predict(z, t_BF, grouped);
      Tensor odd = Tensors.of(new long[] {1, 3}, 2);
      Tensor pair = network.predict(z.index_select(2, odd), Tensors.full(300, 2, 2), text(TINY, 2));
      double distance =
          y.index_select(2, odd)
              .narrow(0, 0, 1)
              .sub(pair.narrow(0, 0, 1))
              .abs()
              .max()
              .item_double();
      assertThat(distance).isLessThan(1e-5);
    });
  }

  @Test
  void aConfigOfEarlierSaysNothingOfNorms(@TempDir Path folder) throws IOException {
    JsonMapper json = JsonMapper.builder().build();
    String now = json.writeValueAsString(Inflation.TUNE_A_VIDEO);
    assertThat(json.readValue(now, Inflation.class)).isEqualTo(Inflation.TUNE_A_VIDEO);
    String earlier = json.writeValueAsString(Inflation.VDM).replace(",\"norms\":\"frame\"", "");
    assertThat(earlier).doesNotContain("norms");
    Path file = Files.writeString(folder.resolve("config.json"), earlier);
    assertThat(JsonFiles.read(file, Inflation.class)).isEqualTo(Inflation.VDM);
  }
}
