package io.zoetrope.network.unet;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.JsonNode;

/** A component of a fixture, built from its own files. */
final class Reference implements AutoCloseable {
  private final Parity parity;
  private final boolean own;
  private final JsonNode json;
  private final WeightSet weights;

  private Reference(Component component, Parity parity, boolean own) {
    this.parity = parity;
    this.own = own;
    json = component.config(JsonNode.class);
    weights = component.open(Optional.empty());
  }

  static Reference of(String fixture) {
    Parity parity = Parity.of(fixture);
    return new Reference(Component.diffusion(parity.folder()), parity, true);
  }

  /** Another component, in a folder below a fixture's; it goes before that does. */
  static Reference below(Reference fixture, String folder) {
    return new Reference(
        Component.diffusion(fixture.parity.folder().resolve(folder)), fixture.parity, false);
  }

  Parity parity() {
    return parity;
  }

  JsonNode json() {
    return json;
  }

  WeightSet weights() {
    return weights;
  }

  UNetConfig config() {
    return DiffusersConfig.unet(json);
  }

  UNet unet() {
    return build(config()::build);
  }

  UNet unet(Precision precision) {
    return build(config()::build, precision);
  }

  /** All weights are used, and none is missing. */
  <T> T build(Function<Parameters, T> make) {
    return build(make, Precision.F32);
  }

  <T> T build(Function<Parameters, T> make, Precision precision) {
    ParameterStore store = ParameterStore.forInference(weights.tensors(), precision);
    T network = make.apply(store.root());
    store.requireComplete(weights.path().toString());
    return network;
  }

  /** Each row of the batch with its text. */
  static Conditioning conditioning(Parity parity) {
    return Conditioning.text(parity.get("encoder_hidden_states"));
  }

  /** One clip, each frame with a text of its own. */
  static Conditioning eachItsText(Parity parity) {
    Tensor texts = parity.get("encoder_hidden_states").unsqueeze(0);
    long[] which = new long[(int) texts.size(1)];
    for (int i = 0; i < which.length; i++) {
      which[i] = i;
    }
    return Conditioning.none()
        .with(Conditioning.TEXT, texts)
        .with(Conditioning.FRAME_TEXTS, Tensors.of(which, 1, which.length));
  }

  @Override
  public void close() {
    weights.close();
    if (own) {
      parity.close();
    }
  }
}
