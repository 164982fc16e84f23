package io.zoetrope.train.part;

import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.checkpoint.lora.LoraDialect;
import io.zoetrope.checkpoint.lora.LoraWriter;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.Lora;
import io.zoetrope.nn.LoraFactors;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Low-rank factors beside layers of a frozen network.
 *
 * @param network what files call it
 */
record LoraPart(PartBlock.Lora block, String network, LoraFactors factors) implements BasePart {
  static LoraPart of(PartBlock.Lora block, VideoModel base, RandomStreams random) {
    ParameterStore store = block.in().store(base);
    List<String> layers = LayerWords.choose(block.targets(), LoraFactors.layers(store));
    String network = block.in().prefix(base);
    requireNames(block, network, layers);
    requireRoom(block, store, layers);
    return new LoraPart(
        block,
        network,
        new LoraFactors(
            store, block.name(), layers, block.rank(), block.strength(), block.thinning(), random));
  }

  /** A rank above what a layer's weight can have costs more than the weight, for nothing. */
  private static void requireRoom(PartBlock.Lora block, ParameterStore store, List<String> layers) {
    for (String layer : layers) {
      Tensor weight = Objects.requireNonNull(store.parameters().get(layer + ".weight"), layer);
      long most = Math.min(weight.size(0), weight.numel() / weight.size(0));
      if (block.rank() > most) {
        throw new UserError(
            Fault.INVALID,
            "rank %s is above that of layer '%s', which is at most %s"
                .formatted(block.rank(), layer, most),
            "take a smaller rank, or targets without it");
      }
    }
  }

  /** Requires before anything is trained that the formats can say what will be. */
  private static void requireNames(PartBlock.Lora block, String network, List<String> layers) {
    Scopes.run(() -> {
      SequencedMap<String, Lora.Update> updates = new LinkedHashMap<>();
      Tensor one = Tensors.zeros(1, 1);
      layers.forEach(layer -> updates.put(layer, new Lora.Update(one, one, 1)));
      Lora lora = new Lora(updates);
      block
          .formats()
          .forEach(dialect -> {
            Map<String, Tensor> unused = dialect.tensors(network, lora);
          });
    });
  }

  @Override
  public String name() {
    return block.name();
  }

  @Override
  public SequencedMap<String, Tensor> parameters() {
    SequencedMap<String, Tensor> named = new LinkedHashMap<>();
    factors.parameters().forEach((name, tensor) -> named.put(block.name() + "." + name, tensor));
    return named;
  }

  @Override
  public String line() {
    return "%s: rank %s and alpha %s beside %s layers: acts times alpha / rank = %s"
        .formatted(
            block.name(),
            block.rank(),
            block.strength(),
            factors.parameters().size() / 2,
            block.strength() / block.rank());
  }

  @Override
  public double rate() {
    return block.rate();
  }

  /** A and B each on its own where they have paces of their own. */
  @Override
  public List<Group> groups() {
    if (block.upRate() == 1) {
      return List.of(new Group("", parameters(), block.rate(), true));
    }
    SequencedMap<String, Tensor> down = parameters();
    SequencedMap<String, Tensor> up = parameters();
    down.keySet().removeIf(name -> name.endsWith(".lora_B.weight"));
    up.keySet().removeIf(name -> name.endsWith(".lora_A.weight"));
    return List.of(
        new Group("down", down, block.rate(), true),
        new Group("up", up, block.rate() * block.upRate(), true));
  }

  @Override
  public void act(double scale) {
    factors.scale(scale);
  }

  @Override
  public void requireShareable() {
    if (block.thinning().inputs() > 0 || block.thinning().ranks() > 0) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "part '%s': what is left away of inputs and ranks is drawn for a whole batch, and several workers share one"
              .formatted(block.name()),
          "leave only whole updates away, or train with one worker");
    }
  }

  @Override
  public void meet(RandomStreams random) {
    factors.meet(random.child("part " + block.name()));
  }

  @Override
  public void rest() {
    factors.rest();
  }

  @Override
  public void moved() {
    block.maxNorm().ifPresent(factors::limit);
  }

  @Override
  public Map<String, Double> figures() {
    Map<String, Double> norms = factors.norms();
    return Map.of(
        "delta_mean",
        norms.values().stream().mapToDouble(v -> v).average().orElse(0),
        "delta_max",
        norms.values().stream().mapToDouble(v -> v).max().orElse(0));
  }

  @Override
  public List<String> news() {
    Map<String, Double> figures = figures();
    String layer =
        factors.norms().entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey)
            .orElse("");
    return List.of(
        String.format(
            Locale.ROOT,
            "%s: norm of its updates %.3g on average, at most %.3g, in %s",
            block.name(),
            figures.get("delta_mean"),
            figures.get("delta_max"),
            layer));
  }

  @Override
  public List<Path> files(Path folder) {
    return block.formats().stream().map(dialect -> file(folder, dialect)).toList();
  }

  private Path file(Path folder, LoraDialect dialect) {
    return PartFiles.file(folder, block.name(), block.formats(), dialect, ".safetensors");
  }

  @Override
  public void write(Path folder, Map<String, Tensor> values, Provenance origin) {
    Map<String, Tensor> own = new LinkedHashMap<>();
    factors
        .parameters()
        .keySet()
        .forEach(name -> own.put(name, NotFinite.require(values, block.name() + "." + name)));
    Provenance more =
        origin
            .with("kind", "lora")
            .with("rank", Integer.toString(block.rank()))
            .with("alpha", Double.toString(block.strength()));
    for (LoraDialect dialect : block.formats()) {
      LoraWriter.write(file(folder, dialect), dialect, network, factors.lora(own), more.header());
    }
  }

  @Override
  public void close() {
    factors.close();
  }
}
