package io.zoetrope.train.part;

import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.nn.ParameterStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/** A part that is a network of its own beside that of the base: f32 weights, all of which learn. */
abstract class NetworkPart implements BasePart {
  private final PartBlock block;
  private final ParameterStore store;
  private double scale = 1;

  /**
   * @param store of its weights, which it owns
   */
  NetworkPart(PartBlock block, ParameterStore store) {
    this.block = block;
    this.store = store;
    store.trainable(name -> !store.tables().contains(name));
  }

  @Override
  public String name() {
    return block.name();
  }

  @Override
  public SequencedMap<String, Tensor> parameters() {
    SequencedMap<String, Tensor> named = new LinkedHashMap<>();
    store.parameters().forEach((name, tensor) -> named.put(block.name() + "." + name, tensor));
    return named;
  }

  @Override
  public void act(double scale) {
    this.scale = scale;
  }

  double scale() {
    return scale;
  }

  /** What was learned by the names of the network, all of it finite. */
  SequencedMap<String, Tensor> learned(Map<String, Tensor> values) {
    SequencedMap<String, Tensor> own = new LinkedHashMap<>();
    store
        .parameters()
        .keySet()
        .forEach(name -> own.put(name, NotFinite.require(values, block.name() + "." + name)));
    return own;
  }

  static Map<String, String> header(Provenance origin, String kind) {
    Map<String, String> header = new LinkedHashMap<>(origin.with("kind", kind).header());
    header.put("format", "pt");
    return header;
  }

  @Override
  public void close() {
    store.close();
  }
}
