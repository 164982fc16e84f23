package io.zoetrope.checkpoint.safetensors;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.MappedFile;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/**
 * An open safetensors file. Its tensors lie in the mapped file and cost no memory until they are
 * read. They belong to this object and go with {@link #close}; tensors derived from them (views,
 * casts) keep the map alive by themselves. Safe for use by several threads.
 */
public final class SafetensorsFile implements AutoCloseable {
  /**
   * A tensor of the file.
   *
   * @param shape sizes, slowest axis first; empty for a scalar
   * @param begin first byte, counted from the end of the header
   * @param end one past the last byte
   */
  public record Entry(String name, Dtype dtype, List<Long> shape, long begin, long end) {}

  private final Path path;
  private final SafetensorsHeader header;
  private final Tensor bytes;
  private final SequencedMap<String, Tensor> handles = new LinkedHashMap<>();

  SafetensorsFile(Path path, SafetensorsHeader header, long size) {
    this.path = path;
    this.header = header;
    try {
      this.bytes = Scopes.keep(Scopes.tensor(() -> MappedFile.map(path, size)));
    } catch (RuntimeException e) {
      String cause = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new UserError(Fault.NO_ACCESS, "cannot map %s: %s".formatted(path, cause), e);
    }
  }

  public Path path() {
    return path;
  }

  /** What the file holds, by name, in the order of the data. */
  public SequencedMap<String, Entry> entries() {
    return header.entries();
  }

  /** The {@code __metadata__} strings of the header. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /**
   * A tensor of the file, valid until {@link #close}.
   *
   * @throws UserError if there is none of that name
   */
  public synchronized Tensor tensor(String name) {
    Entry entry = header.entries().get(name);
    if (entry == null) {
      throw new UserError(Fault.NOT_FOUND, "%s has no tensor '%s'".formatted(path, name));
    }
    return handles.computeIfAbsent(
        name, n -> Scopes.keep(Scopes.tensor(() -> Scopes.noGrad(() -> view(entry)))));
  }

  /** All tensors by name, in the order of the data; valid until {@link #close}. */
  public SequencedMap<String, Tensor> tensors() {
    SequencedMap<String, Tensor> all = new LinkedHashMap<>();
    header.entries().keySet().forEach(name -> all.put(name, tensor(name)));
    return Collections.unmodifiableSequencedMap(all);
  }

  private Tensor view(Entry entry) {
    long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
    if (entry.begin() == entry.end()) {
      return Tensors.zeros(entry.dtype().scalarType(), shape);
    }
    long start = header.dataStart() + entry.begin();
    Tensor raw = bytes.narrow(0, start, entry.end() - entry.begin());
    if (start % entry.dtype().bytes() != 0) {
      raw = raw.clone();
    }
    return raw.view(entry.dtype().scalarType()).view(shape);
  }

  @Override
  public synchronized void close() {
    handles.values().forEach(Scopes::free);
    handles.clear();
    Scopes.free(bytes);
  }
}
