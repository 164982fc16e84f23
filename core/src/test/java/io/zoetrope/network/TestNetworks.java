package io.zoetrope.network;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Networks of random weights, and what goes into them. */
public final class TestNetworks {
  private TestNetworks() {}

  public static Tensor normal(String name, long... shape) {
    try (RandomStream stream = new RandomStreams(5).stream(name)) {
      return stream.normal(shape);
    }
  }

  /** Weights with nothing left at zero, so that every layer counts. */
  public static Map<String, Tensor> weights(NetworkConfig config) {
    ParameterStore store =
        ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32);
    config.build(store.root());
    Map<String, Tensor> weights = new LinkedHashMap<>();
    store
        .parameters()
        .forEach(
            (name, p) -> weights.put(name, p.add(Ops.mul(normal(name, Tensors.shape(p)), 0.1))));
    return weights;
  }

  public static VideoNetwork network(NetworkConfig config, Map<String, Tensor> weights) {
    return config.build(ParameterStore.forInference(weights, Precision.F32).root());
  }

  /** One text a clip. */
  public static Conditioning text(NetworkConfig config, long batch) {
    return Conditioning.text(
            normal("text", batch, 5, config.textWidth()),
            Tensors.full(1, batch, 5).to(ScalarType.Bool))
        .withPooled(normal("pooled", batch, config.textWidth()));
  }
}
