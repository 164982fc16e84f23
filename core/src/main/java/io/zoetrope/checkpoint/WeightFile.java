package io.zoetrope.checkpoint;

import io.zoetrope.checkpoint.gguf.GgufFile;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * An open file of weights, whatever its format: safetensors or GGUF, told by how it begins.
 *
 * @param metadata what it says of itself, for a person to read
 * @param entries what it holds, by name, in the order of the data
 * @param tensor a tensor by name, as the file's own class gives it
 */
public record WeightFile(
    Path path,
    Map<String, String> metadata,
    SequencedMap<String, WeightEntry> entries,
    Function<String, Tensor> tensor,
    Runnable closing)
    implements AutoCloseable {
  /**
   * Opens a file, checks its head and maps its data.
   *
   * @throws io.zoetrope.error.UserError naming the file and the cause if anything does not add up
   */
  public static WeightFile open(Path path) {
    return GgufFile.isOne(path) ? of(GgufFile.open(path)) : of(Safetensors.open(path));
  }

  private static WeightFile of(SafetensorsFile file) {
    SequencedMap<String, WeightEntry> entries = new LinkedHashMap<>();
    file.entries()
        .forEach((name, e) ->
            entries.put(
                name, new WeightEntry(name, e.dtype().name(), e.shape(), e.end() - e.begin())));
    return new WeightFile(file.path(), file.metadata(), read(entries), file::tensor, file::close);
  }

  private static WeightFile of(GgufFile file) {
    SequencedMap<String, WeightEntry> entries = new LinkedHashMap<>();
    file.entries()
        .forEach((name, e) ->
            entries.put(
                name, new WeightEntry(name, e.type().name(), e.shape(), e.end() - e.begin())));
    return new WeightFile(
        file.path(), file.metadata().shown(), read(entries), file::tensor, file::close);
  }

  /**
   * How its 8-bit floats are marked, in words; empty if it has none.
   *
   * @throws io.zoetrope.error.UserError if some are marked in a way that is not known
   */
  public Optional<String> marking() {
    return Fp8Weights.of(path.toString(), metadata, entries, tensor).marking();
  }

  private static SequencedMap<String, WeightEntry> read(SequencedMap<String, WeightEntry> entries) {
    return Collections.unmodifiableSequencedMap(entries);
  }

  @Override
  public void close() {
    closing.run();
  }
}
