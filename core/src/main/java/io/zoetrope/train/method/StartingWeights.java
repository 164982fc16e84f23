package io.zoetrope.train.method;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Weights to start from, which may be none, and the files that they are mapped from. */
record StartingWeights(Map<String, Tensor> tensors, List<SafetensorsFile> files)
    implements Setting.Resource {
  static StartingWeights none() {
    return new StartingWeights(Map.of(), List.of());
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
    return new StartingWeights(tensors, files);
  }

  @Override
  public void close() {
    files.forEach(SafetensorsFile::close);
  }
}
