package io.zoetrope.train.part;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.UserError;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Weights of a network that learn, in f32, in place of those that were loaded. */
final class WeightsPart implements BasePart {
  /**
   * One weight.
   *
   * @param handle by which the network holds it
   * @param loaded what was loaded
   * @param master what learns
   */
  private record Weight(Tensor handle, Tensor loaded, Tensor master) {}

  private final PartBlock.Weights block;
  private final String network;
  private final SequencedMap<String, Weight> weights = new LinkedHashMap<>();
  private double scale = 1;

  private WeightsPart(PartBlock.Weights block, String network) {
    this.block = block;
    this.network = network;
  }

  static WeightsPart of(PartBlock.Weights block, VideoModel base) {
    ParameterStore store = block.in().store(base);
    SequencedMap<String, Tensor> all = store.parameters();
    List<String> names = LayerWords.choose(block.names(), all.sequencedKeySet());
    WeightsPart part = new WeightsPart(block, block.in().prefix(base));
    for (String name : names) {
      Tensor handle = Objects.requireNonNull(all.get(name));
      Tensor loaded = Scopes.keep(Scopes.tensor(handle::detach));
      Tensor master =
          Scopes.keep(Scopes.tensor(() -> loaded.to(ScalarType.Float).clone().detach()));
      handle.set_data(master);
      Tensor unused = handle.set_requires_grad(true);
      part.weights.put(name, new Weight(handle, loaded, master));
    }
    return part;
  }

  @Override
  public String name() {
    return block.name();
  }

  @Override
  public SequencedMap<String, Tensor> parameters() {
    SequencedMap<String, Tensor> named = new LinkedHashMap<>();
    weights.forEach((name, weight) -> named.put(block.name() + "." + name, weight.handle));
    return named;
  }

  @Override
  public double rate() {
    return block.rate();
  }

  /** Wholly, or as they were loaded. */
  @Override
  public void act(double scale) {
    if (scale != 0 && scale != 1) {
      throw new UserError(
          Fault.INVALID,
          "'%s' are weights, which act wholly or not at all: their scale is 1 or 0, not %s"
              .formatted(name(), scale));
    }
    if (scale != this.scale) {
      weights.values().forEach(w -> w.handle.set_data(scale == 1 ? w.master : w.loaded));
      this.scale = scale;
    }
  }

  @Override
  public void write(Path file, Map<String, Tensor> values, Map<String, String> header) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    weights
        .keySet()
        .forEach(name ->
            named.put(
                network + "." + name,
                Objects.requireNonNull(values.get(block.name() + "." + name), name)));
    Map<String, String> more = new LinkedHashMap<>(header);
    more.put("format", "pt");
    Safetensors.write(file, named, more);
  }

  @Override
  public void close() {
    weights
        .values()
        .forEach(w -> {
          Tensor unused = w.handle.set_requires_grad(false);
          w.handle.set_data(w.loaded);
          Scopes.free(w.loaded);
          Scopes.free(w.master);
        });
    weights.clear();
  }
}
