package io.zoetrope.bench;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.Work;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.dit.SpaceTimeTransformer;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A denoiser of random weights, held as it is when a model is loaded. */
final class Networks implements AutoCloseable {
  private final ParameterStore masters;
  private final ParameterStore held;
  private final SpaceTimeTransformer network;

  Networks(DitConfig config, Precision precision) {
    masters = ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32);
    new SpaceTimeTransformer(config, masters.root());
    held = ParameterStore.forInference(masters.parameters(), precision);
    network = new SpaceTimeTransformer(config, held.root());
  }

  SpaceTimeTransformer network() {
    return network;
  }

  /** Numbers in the weights. */
  long parameters() {
    return held.count();
  }

  /** Standard normal latents; belongs to the scope around. */
  static Tensor latents(DitConfig config, Work.Input in) {
    return normal("latents", in.batch(), config.channels(), in.frames(), in.rows(), in.columns());
  }

  /** Text as a text encoder makes it; belongs to the scope around. */
  static Conditioning text(DitConfig config, Work.Input in) {
    Tensor mask = Tensors.full(1, in.batch(), in.words()).to(ScalarType.Bool);
    return Conditioning.text(normal("text", in.batch(), in.words(), config.textWidth()), mask)
        .withPooled(normal("pooled", in.batch(), config.textWidth()));
  }

  private static Tensor normal(String name, long... shape) {
    try (RandomStream random = new RandomStreams(1).stream(name)) {
      return random.normal(shape);
    }
  }

  @Override
  public void close() {
    Scopes.run(held::close);
    Scopes.run(masters::close);
  }
}
