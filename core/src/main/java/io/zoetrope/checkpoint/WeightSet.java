package io.zoetrope.checkpoint;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.checkpoint.safetensors.SafetensorsHeader;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/**
 * The open weights of one network: a safetensors file, or several with an index. All are mapped;
 * tensors belong to this object and go with {@link #close}, as with {@link SafetensorsFile}.
 */
public final class WeightSet implements AutoCloseable {
  private final Path path;
  private final SequencedMap<String, SafetensorsFile> files = new LinkedHashMap<>();
  private final SequencedMap<String, SafetensorsFile> homes = new LinkedHashMap<>();

  private WeightSet(Path path) {
    this.path = path;
    try {
      if (path.toString().endsWith(".json")) {
        openShards(ShardIndex.read(path));
      } else {
        SafetensorsFile file = Safetensors.open(path);
        files.put(path.toString(), file);
        file.entries().keySet().forEach(name -> homes.put(name, file));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Opens a safetensors file, or the shards that an index ({@code *.index.json}) names.
   *
   * @throws UserError if a file is missing or damaged, or index and shards do not agree to a tensor
   */
  public static WeightSet open(Path path) {
    return new WeightSet(path);
  }

  /**
   * Opens what lies in a folder under a name.
   *
   * @param base such as {@code diffusion_pytorch_model.safetensors}
   * @param variant such as {@code fp16}; empty for the plain weights, or the only variant there is
   * @throws UserError also if there are none of that name and variant
   */
  public static WeightSet open(Path folder, String base, Optional<String> variant) {
    return open(WeightFiles.find(folder, base, variant));
  }

  private void openShards(ShardIndex index) {
    for (String shard : new LinkedHashSet<>(index.weightMap().values())) {
      Path place = path.resolveSibling(shard);
      if (!Files.exists(place)) {
        long missing = index.weightMap().values().stream().filter(shard::equals).count();
        throw new UserError(
            Fault.NOT_FOUND,
            "no file %s: %s names it for %s of %s tensors; the model is not whole"
                .formatted(place, path.getFileName(), missing, index.weightMap().size()));
      }
      files.put(shard, Safetensors.open(place));
    }
    index
        .weightMap()
        .forEach((name, shard) -> {
          SafetensorsFile file = Objects.requireNonNull(files.get(shard));
          if (!file.entries().containsKey(name)) {
            throw new UserError(
                Fault.MISMATCH,
                "%s has no tensor '%s', which %s says it holds: they are of different models"
                    .formatted(file.path(), SafetensorsHeader.clean(name), path.getFileName()));
          }
          homes.put(name, file);
        });
    files.forEach((shard, file) ->
        file.entries()
            .keySet()
            .forEach(name -> {
              if (!shard.equals(index.weightMap().get(name))) {
                throw new UserError(
                    Fault.MISMATCH,
                    "%s has a tensor '%s', which %s does not say: they are of different models"
                        .formatted(file.path(), SafetensorsHeader.clean(name), path.getFileName()));
              }
            }));
  }

  /** The file that was opened: weights, or an index. */
  public Path path() {
    return path;
  }

  /** Every file that weights lie in. */
  public List<Path> files() {
    return files.values().stream().map(SafetensorsFile::path).toList();
  }

  /** What there is, by name; file by file, in the order of the data. */
  public SequencedMap<String, SafetensorsFile.Entry> entries() {
    SequencedMap<String, SafetensorsFile.Entry> all = new LinkedHashMap<>();
    files.values().forEach(file -> all.putAll(file.entries()));
    return Collections.unmodifiableSequencedMap(all);
  }

  /** The {@code __metadata__} of the first file. */
  public Map<String, String> metadata() {
    return files.firstEntry().getValue().metadata();
  }

  /**
   * A tensor, valid until {@link #close}.
   *
   * @throws UserError if there is none of that name
   */
  public Tensor tensor(String name) {
    SafetensorsFile file = homes.get(name);
    if (file == null) {
      throw new UserError(Fault.NOT_FOUND, "%s has no tensor '%s'".formatted(path, name));
    }
    return file.tensor(name);
  }

  /** All tensors by name; valid until {@link #close}. */
  public SequencedMap<String, Tensor> tensors() {
    SequencedMap<String, Tensor> all = new LinkedHashMap<>();
    files.values().forEach(file -> all.putAll(file.tensors()));
    return Collections.unmodifiableSequencedMap(all);
  }

  @Override
  public void close() {
    files.values().forEach(SafetensorsFile::close);
  }
}
