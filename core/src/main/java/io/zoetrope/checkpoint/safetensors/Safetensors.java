package io.zoetrope.checkpoint.safetensors;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Scopes;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.core.JsonGenerator;

/**
 * The safetensors format: eight bytes of header length, a JSON header, then the tensors' bytes,
 * little-endian and row-major (https://huggingface.co/docs/safetensors).
 */
public final class Safetensors {
  private static final int CHUNK = 16 << 20;

  private Safetensors() {}

  /**
   * Opens a file, checks its header and maps its data.
   *
   * @throws UserError naming the file, the tensor and the cause if anything does not add up
   */
  public static SafetensorsFile open(Path path) {
    String what = path.toString();
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new UserError(
          Fault.INVALID,
          what + (Files.isDirectory(path) ? " is a folder" : " is no file"),
          "name a safetensors" + " file");
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      SafetensorsHeader header = SafetensorsHeader.read(what, channel);
      return new SafetensorsFile(path, header, channel.size());
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", path, e);
    }
  }

  /**
   * Writes tensors to a file, which appears whole or not at all. The bytes depend on the arguments
   * only: tensors lie by falling element size, then by name, so that each is aligned; the header is
   * padded with spaces to a multiple of eight.
   *
   * @param tensors by name; any device, any strides
   * @param metadata strings for the header
   * @throws UserError if the file cannot be written
   */
  public static void write(
      Path path, Map<String, ? extends Tensor> tensors, Map<String, String> metadata) {
    List<SafetensorsFile.Entry> layout = layout(tensors);
    byte[] header = header(layout, metadata);
    AtomicFiles.file(
        path,
        temporary -> {
          try (FileChannel channel =
              FileChannel.open(
                  temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer start = ByteBuffer.allocate(8 + header.length);
            start.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).flip();
            writeFully(channel, start);
            for (SafetensorsFile.Entry entry : layout) {
              write(channel, Objects.requireNonNull(tensors.get(entry.name())));
            }
          }
        });
  }

  private static List<SafetensorsFile.Entry> layout(Map<String, ? extends Tensor> tensors) {
    List<SafetensorsFile.Entry> entries = new ArrayList<>();
    tensors.forEach((name, tensor) -> {
      if (name.equals(SafetensorsHeader.METADATA)) {
        throw new IllegalArgumentException("a tensor cannot be named " + name);
      }
      Dtype dtype = Dtype.of(tensor.scalar_type());
      List<Long> shape = new ArrayList<>();
      for (long i = 0; i < tensor.dim(); i++) {
        shape.add(tensor.size(i));
      }
      entries.add(
          new SafetensorsFile.Entry(
              name, dtype, List.copyOf(shape), 0, tensor.numel() * dtype.bytes()));
    });
    entries.sort(
        Comparator.comparingInt((SafetensorsFile.Entry e) -> -e.dtype().bytes())
            .thenComparing(SafetensorsFile.Entry::name));
    List<SafetensorsFile.Entry> placed = new ArrayList<>();
    long position = 0;
    for (SafetensorsFile.Entry e : entries) {
      placed.add(
          new SafetensorsFile.Entry(e.name(), e.dtype(), e.shape(), position, position + e.end()));
      position += e.end();
    }
    return placed;
  }

  private static byte[] header(List<SafetensorsFile.Entry> layout, Map<String, String> metadata) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = Json.MAPPER.createGenerator(text)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writePOJOProperty(SafetensorsHeader.METADATA, new TreeMap<>(metadata));
      }
      for (SafetensorsFile.Entry entry : layout) {
        json.writeObjectPropertyStart(entry.name());
        json.writeStringProperty("dtype", entry.dtype().name());
        json.writePOJOProperty("shape", entry.shape());
        json.writePOJOProperty("data_offsets", List.of(entry.begin(), entry.end()));
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    byte[] bytes = text.append(" ".repeat(7)).toString().getBytes(StandardCharsets.UTF_8);
    return java.util.Arrays.copyOf(bytes, bytes.length / 8 * 8);
  }

  private static void write(FileChannel channel, Tensor tensor) throws IOException {
    if (tensor.numel() == 0) {
      return;
    }
    IOException[] failure = new IOException[1];
    Scopes.run(() -> {
      Tensor flat = tensor.detach().cpu().contiguous();
      MemorySegment memory =
          MemorySegment.ofAddress(flat.data_ptr().address()).reinterpret(flat.nbytes());
      try {
        for (long at = 0; at < memory.byteSize(); at += CHUNK) {
          long bytes = Math.min(CHUNK, memory.byteSize() - at);
          writeFully(channel, memory.asSlice(at, bytes).asByteBuffer());
        }
      } catch (IOException e) {
        failure[0] = e;
      }
    });
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
