package io.zoetrope.checkpoint;

import io.zoetrope.checkpoint.safetensors.SafetensorsHeader;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Scopes;
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
 * The open weights of one network: a safetensors or GGUF file, or several safetensors with an
 * index. All are mapped; tensors belong to this object and go with {@link #close}. What is
 * quantised, blocks of GGUF and 8-bit floats with their scales, is a {@link PackedTensor}; marks
 * and scales are no weights.
 */
public final class WeightSet implements AutoCloseable {
  private final Path path;
  private final SequencedMap<String, WeightFile> files = new LinkedHashMap<>();
  private final SequencedMap<String, WeightFile> homes = new LinkedHashMap<>();

  private final Map<String, Tensor> packed = new LinkedHashMap<>();
  private Optional<SequencedMap<String, Tensor>> weights = Optional.empty();

  private WeightSet(Path path) {
    this.path = path;
    try {
      if (path.toString().endsWith(".json")) {
        openShards(ShardIndex.read(path));
      } else {
        WeightFile file = WeightFile.open(path);
        files.put(path.toString(), file);
        file.entries().keySet().forEach(name -> homes.put(name, file));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Opens a safetensors or GGUF file, or the shards that an index ({@code *.index.json}) names.
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
      files.put(shard, WeightFile.open(place));
    }
    index
        .weightMap()
        .forEach((name, shard) -> {
          WeightFile file = Objects.requireNonNull(files.get(shard));
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
    return files.values().stream().map(WeightFile::path).toList();
  }

  /** What there is, by name; file by file, in the order of the data; marks and scales too. */
  public SequencedMap<String, WeightEntry> entries() {
    SequencedMap<String, WeightEntry> all = new LinkedHashMap<>();
    files.values().forEach(file -> all.putAll(file.entries()));
    return Collections.unmodifiableSequencedMap(all);
  }

  /** What the first file says of itself: {@code __metadata__} of safetensors. */
  public Map<String, String> metadata() {
    return files.firstEntry().getValue().metadata();
  }

  /**
   * A tensor as the file has it, valid until {@link #close}.
   *
   * @throws UserError if there is none of that name
   */
  private Tensor raw(String name) {
    WeightFile file = homes.get(name);
    if (file == null) {
      throw new UserError(Fault.NOT_FOUND, "%s has no tensor '%s'".formatted(path, name));
    }
    return file.tensor().apply(name);
  }

  /**
   * A weight, valid until {@link #close}.
   *
   * @throws UserError if there is none of that name
   */
  public Tensor tensor(String name) {
    Tensor weight = tensors().get(name);
    return weight == null ? raw(name) : weight;
  }

  /**
   * All weights by name; valid until {@link #close}.
   *
   * @throws UserError if some are quantised in a way that is not read
   */
  public synchronized SequencedMap<String, Tensor> tensors() {
    if (weights.isEmpty()) {
      weights =
          Optional.of(
              Fp8Weights.of(path.toString(), metadata(), entries(), this::raw).tensors(packed));
    }
    return weights.get();
  }

  @Override
  public synchronized void close() {
    packed.values().forEach(Scopes::free);
    packed.clear();
    files.values().forEach(WeightFile::close);
  }
}
