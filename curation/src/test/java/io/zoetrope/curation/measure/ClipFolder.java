package io.zoetrope.curation.measure;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/** A tiny CLIP in a folder as people download it, and heads for it. */
public final class ClipFolder {
  /** Whose fixtures say what transformers makes of it. */
  public static final Path OLD = Path.of("../core/src/test/resources/reference/clip_model/old");

  /** Features of its embeddings. */
  public static final int WIDTH = 20;

  private ClipFolder() {}

  /** A copy. */
  public static Path copy(Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(OLD)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(String.valueOf(file.getFileName())));
      }
    }
    return to;
  }

  /** A head whose score is its bias and so many times the embedding's first feature. */
  public static Path head(Path folder, int width, float bias, float times) throws IOException {
    int[] places = {0, 2, 4, 6, 7};
    int[] sizes = {1024, 128, 64, 16, 1};
    Files.createDirectories(folder);
    Path file = folder.resolve("aesthetics.safetensors");
    Scopes.run(() -> {
      Map<String, Tensor> all = new LinkedHashMap<>();
      int in = width;
      for (int k = 0; k < places.length; k++) {
        float[] weights = new float[sizes[k] * in];
        weights[0] = k == 0 ? times : 1;
        float[] biases = new float[sizes[k]];
        biases[0] = k == 0 ? bias : 0;
        all.put("layers.%s.weight".formatted(places[k]), Tensors.of(weights, sizes[k], in));
        all.put("layers.%s.bias".formatted(places[k]), Tensors.of(biases, sizes[k]));
        in = sizes[k];
      }
      Safetensors.write(file, all, Map.of());
    });
    return file;
  }
}
