package io.zoetrope.train.method;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
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
    return of(Map.of("", file));
  }

  /** Several files, the names in each with a prefix in front. */
  static StartingWeights of(Map<String, Path> filesByPrefix) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    List<SafetensorsFile> files = new ArrayList<>();
    filesByPrefix.forEach((prefix, path) -> {
      SafetensorsFile file = Safetensors.open(path);
      files.add(file);
      file.tensors().forEach((name, tensor) -> tensors.put(prefix + name, tensor));
    });
    return new StartingWeights(tensors, files);
  }

  @Override
  public void close() {
    files.forEach(SafetensorsFile::close);
  }
}
