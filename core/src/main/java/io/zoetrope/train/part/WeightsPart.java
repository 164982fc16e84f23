package io.zoetrope.train.part;

import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SequencedSet;
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
  private final NetworkConfig config;
  private final ParameterStore store;
  private final SequencedMap<String, Weight> weights = new LinkedHashMap<>();
  private double scale = 1;

  private WeightsPart(
      PartBlock.Weights block, String network, NetworkConfig config, ParameterStore store) {
    this.block = block;
    this.network = network;
    this.config = config;
    this.store = store;
  }

  static WeightsPart of(PartBlock.Weights block, VideoModel base) {
    ParameterStore store = block.in().store(base);
    SequencedMap<String, Tensor> all = store.parameters();
    SequencedSet<String> learnable = new LinkedHashSet<>(all.sequencedKeySet());
    learnable.removeAll(store.tables());
    List<String> names = LayerWords.choose(block.names(), learnable);
    NetworkConfig config = base.network().config();
    block.formats().forEach(form -> form.requireNames(names, config));
    WeightsPart part = new WeightsPart(block, block.in().prefix(base), config, store);
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
  public String line() {
    long numbers = weights.values().stream().mapToLong(w -> w.master.numel()).sum();
    return "%s: %s weights of %s numbers learn".formatted(name(), weights.size(), numbers);
  }

  @Override
  public double rate() {
    return block.rate();
  }

  /** Wholly, or as they were loaded. */
  @Override
  public void act(double scale) {
    PartBlock.requireWhole(name(), "made of weights", scale);
    if (scale != this.scale) {
      weights.values().forEach(w -> w.handle.set_data(scale == 1 ? w.master : w.loaded));
      this.scale = scale;
    }
  }

  @Override
  public List<Path> files(Path folder) {
    return block.formats().stream().map(form -> file(folder, form)).toList();
  }

  private Path file(Path folder, ModuleForm form) {
    return PartFiles.file(folder, block.name(), block.formats(), form, form.suffix());
  }

  @Override
  public void write(Path folder, Map<String, Tensor> values, Provenance origin) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    weights
        .keySet()
        .forEach(name -> named.put(name, NotFinite.require(values, block.name() + "." + name)));
    Map<String, String> header = origin.with("kind", "weights").header();
    header = new LinkedHashMap<>(header);
    header.put("format", "pt");
    Map<String, Tensor> tables = new LinkedHashMap<>();
    store
        .tables()
        .forEach(name -> tables.put(name, Objects.requireNonNull(store.parameters().get(name))));
    for (ModuleForm form : block.formats()) {
      form.write(
          file(folder, form), new ModuleForm.Learned(network, config, named, tables, header));
    }
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
