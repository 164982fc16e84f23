package io.zoetrope.checkpoint.gguf;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.MappedFile;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Scopes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/**
 * An open GGUF file. Its tensors lie in the mapped file and cost no memory until they are read;
 * those of a quantised type are {@link PackedTensor}s. They belong to this object and go with
 * {@link #close}. Safe for use by several threads.
 */
public final class GgufFile implements AutoCloseable {
  private static final byte[] MAGIC = {'G', 'G', 'U', 'F'};

  /**
   * A tensor of the file.
   *
   * @param shape sizes, slowest axis first; empty for a scalar
   * @param begin first byte, counted from the beginning of the data
   * @param end one past the last byte
   */
  public record Entry(String name, GgufType type, List<Long> shape, long begin, long end) {}

  private final Path path;
  private final GgufHeader header;
  private final Tensor bytes;
  private final SequencedMap<String, Tensor> handles = new LinkedHashMap<>();

  private GgufFile(Path path, GgufHeader header, long size) {
    this.path = path;
    this.header = header;
    try {
      this.bytes = Scopes.keep(Scopes.tensor(() -> MappedFile.map(path, size)));
    } catch (RuntimeException e) {
      String cause = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new UserError(Fault.NO_ACCESS, "cannot map %s: %s".formatted(path, cause), e);
    }
  }

  /** Whether a file begins as one does; false if it cannot be read. */
  public static boolean isOne(Path path) {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(path)) {
      return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Opens a file, checks its head and maps its data.
   *
   * @throws UserError naming the file, the tensor or key and the cause if anything does not add up
   */
  public static GgufFile open(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new GgufFile(path, GgufHeader.read(path.toString(), channel), channel.size());
    } catch (UncheckedIOException e) {
      throw AtomicFiles.cannot("read", path, Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", path, e);
    }
  }

  public Path path() {
    return path;
  }

  /** What the file holds, by name, in the order of the data. */
  public SequencedMap<String, Entry> entries() {
    return header.entries();
  }

  /** What it says of itself. */
  public GgufMetadata metadata() {
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

  private Tensor view(Entry entry) {
    long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
    long start = header.dataStart() + entry.begin();
    Tensor view = bytes.narrow(0, start, entry.end() - entry.begin());
    Tensor raw = start % Long.BYTES == 0 ? view : view.clone();
    return entry
        .type()
        .plain()
        .map(plain -> raw.view(plain).view(shape))
        .orElseGet(() -> PackedTensor.of(entry.type(), raw, shape));
  }

  @Override
  public synchronized void close() {
    handles.values().forEach(Scopes::free);
    handles.clear();
    Scopes.free(bytes);
  }
}
