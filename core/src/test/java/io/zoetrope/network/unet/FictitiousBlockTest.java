package io.zoetrope.network.unet;

import static io.zoetrope.network.TestNetworks.network;
import static io.zoetrope.network.TestNetworks.normal;
import static io.zoetrope.network.TestNetworks.text;
import static io.zoetrope.network.TestNetworks.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Recompute;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;

/** A temporal block that zoetrope does not have: this record, and the line that names it. */
class FictitiousBlockTest {
  /**
   * Every place of the picture sees the mean of its frames, for as much as the block says. Its
   * weights lie in {@code temp_means}.
   *
   * @param share of the mean
   */
  record Means(@JsonProperty("share") double share) implements TemporalBlock {
    @Override
    public Optional<TemporalLayer> at(Place place) {
      Linear out =
          Linear.of(
              place.weights("temp_means").at("proj_out"), place.width(), place.width(), Init.ZEROS);
      return Optional.of((x_MCHW, pass) -> {
        Tensor x_BFNC = pass.tokens(x_MCHW);
        Tensor mean = Ops.mul(Ops.mean(x_BFNC, 1).unsqueeze(1).expand_as(x_BFNC), share);
        return x_MCHW.add(Pass.image(out.forward(mean), x_MCHW));
      });
    }

    @Override
    public boolean has(String parameter) {
      return parameter.contains("temp_means.");
    }
  }

  private static final UNetConfig IMAGE = UNetConfig.size("tiny").inflated(Inflation.NONE);
  private static final UNetConfig MEANS =
      IMAGE.inflated(
          new Inflation(
              new TemporalConvolution.None(),
              new SpatialAttention.Self(),
              new Means(0.5),
              false,
              List.of()));

  @Test
  void startsAsTheImageNetwork() {
    Scopes.run(() -> {
      Map<String, Tensor> image = weights(IMAGE);
      ParameterStore store = ParameterStore.forTraining(image, new RandomStreams(9), Precision.F32);
      UNet video = MEANS.build(store.root());
      assertThat(store.missing()).isNotEmpty().allMatch(MEANS.inflation()::isNew);
      assertThat(store.parameters().keySet())
          .allMatch(name -> MEANS.trains(name) == name.contains("temp_means."));
      Tensor z = normal("z", 1, 4, 3, 4, 4);
      Tensor t_BF = Tensors.full(300, 1, 3);
      Tensor still = network(IMAGE, image).predict(z, t_BF, text(IMAGE, 1));
      assertThat(video.predict(z, t_BF, text(MEANS, 1)).equal(still)).isTrue();
    });
  }

  @Test
  void looksAcrossFrames() {
    assertThat(MEANS.temporal()).isTrue();
    assertThat(MEANS.reads()).isEqualTo(IMAGE.reads());
    Scopes.run(() -> {
      VideoNetwork network = network(MEANS, weights(MEANS));
      Tensor z = normal("z", 1, 4, 3, 4, 4);
      Tensor t_BF = Tensors.full(300, 1, 3);
      Tensor y = network.predict(z, t_BF, text(MEANS, 1));
      assertThat(Tensors.shape(y)).isEqualTo(Tensors.shape(z));
      Tensor other = z.clone();
      other.narrow(2, 2, 1).add_(normal("other", 1, 4, 1, 4, 4));
      Tensor seen = network.predict(other, t_BF, text(MEANS, 1));
      assertThat(seen.select(2, 0).equal(y.select(2, 0))).isFalse();
    });
  }

  /** Its weights get gradients, also where activations are made again. */
  @Test
  void learns() {
    Scopes.run(() -> {
      Map<String, float[]> kept = gradients(Optional.empty());
      assertThat(kept).isNotEmpty();
      Map<String, float[]> again = gradients(Optional.of(new Recompute()));
      kept.forEach((name, g) -> {
        assertThat(g).as(name).isNotEqualTo(new float[g.length]);
        assertThat(again.get(name)).as(name).containsExactly(g, within(1e-5f));
      });
    });
  }

  private static Map<String, float[]> gradients(Optional<Recompute> recompute) {
    ParameterStore store =
        ParameterStore.forTraining(weights(MEANS), new RandomStreams(9), Precision.F32);
    UNet network = MEANS.build(store.root());
    store.trainable(MEANS::trains);
    Tensor y =
        network.predict(
            normal("z", 2, 4, 3, 4, 4),
            Tensors.full(300, 2, 3),
            text(MEANS, 2),
            recompute.isPresent() ? recompute.get() : Segments.PLAIN);
    Tensor loss = y.square().mean();
    recompute.ifPresentOrElse(r -> r.backward(loss), loss::backward);
    Map<String, float[]> gradients = new TreeMap<>();
    store
        .parameters()
        .forEach((name, p) -> {
          assertThat(Autograd.gradient(p).isPresent()).as(name).isEqualTo(MEANS.trains(name));
          Autograd.gradient(p).ifPresent(g -> gradients.put(name, Tensors.toFloats(g)));
        });
    return gradients;
  }

  @Test
  void aLineNamesItInConfigs() {
    JsonMapper plain = JsonMapper.builder().build();
    JsonMapper table =
        JsonMapper.builder().registerSubtypes(new NamedType(Means.class, "means")).build();
    String json = table.writeValueAsString(MEANS);
    assertThat(json).contains("\"kind\":\"means\"").contains("\"share\":0.5");
    assertThat(table.readValue(json, UNetConfig.class)).isEqualTo(MEANS);
    assertThatThrownBy(() -> plain.readValue(json, UNetConfig.class))
        .isInstanceOf(DatabindException.class)
        .hasMessageContaining("motion, none, relative, within]");
  }
}
