package io.zoetrope.train.part;

import io.zoetrope.checkpoint.lora.LoraWriter;
import io.zoetrope.nn.LoraFactors;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.RandomStreams;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
    double alpha = block.alpha().orElse((double) block.rank());
    return new LoraPart(
        block,
        block.in().prefix(base),
        new LoraFactors(store, block.name(), layers, block.rank(), alpha, random));
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
  public double rate() {
    return block.rate();
  }

  @Override
  public void act(double scale) {
    factors.scale(scale);
  }

  @Override
  public void write(Path file, Map<String, Tensor> values, Map<String, String> header) {
    Map<String, Tensor> own = new LinkedHashMap<>();
    factors
        .parameters()
        .keySet()
        .forEach(name ->
            own.put(name, Objects.requireNonNull(values.get(block.name() + "." + name), name)));
    Map<String, String> more = new LinkedHashMap<>(header);
    more.put("zoetrope.rank", Integer.toString(block.rank()));
    LoraWriter.write(file, network, factors.lora(own), more);
  }

  @Override
  public void close() {
    factors.close();
  }
}
