package io.zoetrope.train.method;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Weights to start from, which may be none.
 *
 * @param files that they are mapped from
 * @param made in memory of their own
 */
record StartingWeights(Map<String, Tensor> tensors, List<SafetensorsFile> files, List<Tensor> made)
    implements Setting.Resource {
  static StartingWeights none() {
    return new StartingWeights(Map.of(), List.of(), List.of());
  }

  static StartingWeights of(Path file) {
    return of(List.of(new Named("", file)));
  }

  /** The averages of a run's checkpoint, and what the run did not train. */
  static StartingWeights ofRun(Path run, Path checkpoint) {
    Named averages = new Named("", checkpoint.resolve("ema.safetensors"));
    Named frozen = new Named("", run.resolve("frozen.safetensors"));
    return of(Files.exists(frozen.file) ? List.of(frozen, averages) : List.of(averages));
  }

  /**
   * A file.
   *
   * @param prefix before the names in it
   */
  record Named(String prefix, Path file) {}

  /** Several files; of two tensors of one name the later one counts. */
  static StartingWeights of(List<Named> named) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    List<SafetensorsFile> files = new ArrayList<>();
    named.forEach(one -> {
      SafetensorsFile file = Safetensors.open(one.file);
      files.add(file);
      file.tensors().forEach((name, tensor) -> tensors.put(one.prefix + name, tensor));
    });
    return new StartingWeights(tensors, files, List.of());
  }

  /** For a network that is shown more channels: those begin at zero, and so count for nothing. */
  StartingWeights grown(NetworkConfig network) {
    if (network.entrance().isEmpty()) {
      return this;
    }
    NetworkConfig.Entrance entrance = network.entrance().get();
    String name = network.folder() + "." + entrance.weight();
    long columns = (long) network.takes() * entrance.area();
    Tensor own = tensors.get(name);
    if (own == null || own.dim() < 2 || own.size(1) >= columns) {
      return this;
    }
    long[] shape = Tensors.shape(own);
    shape[1] = columns - shape[1];
    Tensor larger =
        Scopes.keep(
            Scopes.tensor(() ->
                Tensors.cat(
                    List.of(own, Tensors.zeros(shape).to(own.device(), own.scalar_type())), 1)));
    Map<String, Tensor> all = new LinkedHashMap<>(tensors);
    all.put(name, larger);
    return new StartingWeights(all, files, List.of(larger));
  }

  @Override
  public void close() {
    made.forEach(Scopes::free);
    files.forEach(SafetensorsFile::close);
  }
}
