package io.zoetrope.pipeline.order;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Finite;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What a prior made of a text, in a safetensors file: {@code embedding}, [1, E], f32. */
public final class EmbeddingFile {
  private static final String NAME = "embedding";

  private EmbeddingFile() {}

  /**
   * Writes one; the file appears whole or not at all.
   *
   * @throws UserError if it cannot be written
   */
  public static void write(Path path, Tensor e_1E) {
    Safetensors.write(path, Map.of(NAME, e_1E), Map.of());
  }

  /**
   * Reads one, of the scope around.
   *
   * @return [1, E], f32
   * @throws UserError if there is no such file, or no embedding of finite numbers in it
   */
  static Tensor read(Path path) {
    try (SafetensorsFile file = Safetensors.open(path)) {
      Optional<Tensor> found = Optional.ofNullable(file.tensors().get(NAME));
      Tensor e_1E =
          found
              .map(e -> e.to(ScalarType.Float).clone())
              .filter(e -> e.dim() == 2 && e.size(0) == 1 && e.size(1) > 0)
              .orElseThrow(() ->
                  new UserError(
                      Fault.INVALID, "%s: no tensor '%s' of one row in it".formatted(path, NAME)));
      Finite.requireStored(e_1E, "the numbers of %s".formatted(path));
      return e_1E;
    }
  }
}
