package io.zoetrope.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void everyDtypeGoesOutAndIn() {
    Scopes.run(() -> {
      SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
      for (Dtype dtype : Dtype.values()) {
        tensors.put(
            "layer." + dtype,
            Tensors.of(new float[] {0, 1, 2, 3, 1, 0}, 2, 3).to(dtype.scalarType()));
      }
      tensors.put("scalar", Tensors.full(7));
      tensors.put("empty", Tensors.zeros(3, 0));
      tensors.put("strided", Tensors.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).transpose(0, 1));
      tensors.put("müll \"quoted\" \n", Tensors.full(9, 1));
      Map<String, String> metadata = Map.of("step", "12", "größe", "S");
      Path file = folder.resolve("a.safetensors");
      Safetensors.write(file, tensors, metadata);

      try (SafetensorsFile read = Safetensors.open(file)) {
        assertThat(read.metadata()).isEqualTo(metadata);
        assertThat(read.entries()).containsOnlyKeys(tensors.keySet());
        tensors.forEach((name, written) -> {
          Tensor t = read.tensor(name);
          assertThat(t.scalar_type().intern()).isEqualTo(written.scalar_type().intern());
          assertThat(Tensors.shape(t)).isEqualTo(Tensors.shape(written));
          assertThat(Tensors.toBytes(t)).isEqualTo(Tensors.toBytes(written));
        });
        assertThatThrownBy(() -> read.tensor("no"))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("'no'");
      }
    });
  }

  @Test
  void theBytesDependOnTheArgumentsOnly() throws IOException {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("b", Tensors.of(new float[] {1, 2}, 2));
    tensors.put("a", Tensors.of(new float[] {3}, 1));
    tensors.put("flag", Tensors.ofBytes(new byte[] {1}, 1));
    Safetensors.write(folder.resolve("1"), tensors, Map.of("y", "1", "x", "2"));
    Safetensors.write(folder.resolve("2"), tensors.reversed(), Map.of("x", "2", "y", "1"));
    byte[] bytes = Files.readAllBytes(folder.resolve("1"));
    assertThat(bytes).isEqualTo(Files.readAllBytes(folder.resolve("2")));
    // Written by hand: what any other writer of the format would make of it.
    String header =
        "{\"__metadata__\":{\"x\":\"2\",\"y\":\"1\"},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]},"
            + "\"flag\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[12,13]}}";
    int padded = (header.length() + 7) / 8 * 8;
    ByteBuffer expected = ByteBuffer.allocate(8 + padded + 13).order(ByteOrder.LITTLE_ENDIAN);
    expected.putLong(padded).put(header.getBytes(StandardCharsets.UTF_8));
    while (expected.position() < 8 + padded) {
      expected.put((byte) ' ');
    }
    expected.putFloat(3).putFloat(1).putFloat(2).put((byte) 1);
    assertThat(bytes).isEqualTo(expected.array());
  }

  @Test
  void aDerivedTensorOutlivesTheFile() {
    Path file = folder.resolve("a.safetensors");
    Safetensors.write(file, Map.of("w", Tensors.of(new float[] {1, 2, 3}, 3)), Map.of());
    Tensor slice;
    try (SafetensorsFile read = Safetensors.open(file)) {
      slice = read.tensor("w").narrow(0, 1, 2);
    }
    assertThat(Tensors.toFloats(slice)).containsExactly(2, 3);
  }

  @Test
  void unalignedTensorsAreCopied() throws IOException {
    String header =
        "{\"u\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
            + "\"f\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[1,9]}}";
    Path file = write(header, new byte[] {5, 0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40});
    try (SafetensorsFile read = Safetensors.open(file)) {
      assertThat(Tensors.toFloats(read.tensor("f"))).containsExactly(1, 2);
      assertThat(Tensors.toLongs(read.tensor("u"))).containsExactly(5);
    }
  }

  @Test
  void openingCostsNoMemory() throws IOException {
    Path file = folder.resolve("big.safetensors");
    long bytes = 2L << 30;
    String header =
        "{\"w\":{\"dtype\":\"BF16\",\"shape\":[%s],\"data_offsets\":[0,%s]}}"
            .formatted(bytes / 2, bytes);
    header += " ".repeat(7 - (header.length() + 7) % 8); // so that the data is aligned
    write(header, new byte[0]);
    Files.move(folder.resolve("file.safetensors"), file);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(8 + header.length() + bytes);
    }
    long before = Pointer.physicalBytes();
    try (SafetensorsFile read = Safetensors.open(file)) {
      Tensor w = read.tensor("w");
      assertThat(w.numel()).isEqualTo(bytes / 2);
      assertThat(Pointer.physicalBytes() - before).isLessThan(256L << 20);
      Scopes.run(() -> assertThat(Tensors.toFloats(w.narrow(0, bytes / 2 - 2, 2))).containsOnly(0));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} x | text follows the JSON",
        "{\"a\":1} | tensor 'a' is not a JSON object",
        "{\"a\":{}} | tensor 'a' lacks its dtype",
        "{\"a\":{\"dtype\":\"F31\",\"shape\":[1],\"data_offsets\":[0,4]}} | 'F31'",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | 8 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}} | -1",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}} | whole number",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}} | data_offsets [4, 0]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}} | data_offsets",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | begins at byte 4",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | truncated or damaged",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}} | truncated or damaged",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}"
            + " | impossible shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}"
            + " | number 99999999999999999999, which is too large",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}} | 'b' begins",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}"
            + " | two entries are called 'a'",
        "{\"__metadata__\":{\"a\":1}} | is not a string",
        "{\"__metadata__\":{\"a\":null}} | is not a string",
        "{\"__metadata__\":[]} | is not a JSON object",
        "{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}} | has 'a' twice",
        "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}} | has its dtype twice",
        "{\"a\":{\"dtype\":\"F4\",\"shape\":[16],\"data_offsets\":[0,8]}} | less than a byte",
        "{\"a\":{\"dtype\":\"F6_E2M3\",\"shape\":[4],\"data_offsets\":[0,3]}} | less than a byte",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[0,4611686018427387904,4],\"data_offsets\":[0,0]}}"
            + " | impossible shape",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[08],\"data_offsets\":[0,8]}} | number 08",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[-0],\"data_offsets\":[0,8]}} | '-0'",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[8e0],\"data_offsets\":[0,8]}} | '8e0'",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[8,],\"data_offsets\":[0,8]}} | whole number",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]},} | is not a string",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[4,4]}} | (an overlap)",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[3,8]}} | (a hole)",
        "{\"\\ud800\":{}} | half a surrogate pair",
        "{\"\\x\":{}} | unknown escape",
        "{\"a\tb\":{}} | control character",
        "{\"a | without an end",
        "[1, 2] | does not begin",
        "{\"a\":{\"dtype\":\"F32\",\"extra\":1}} | unknown key 'extra'",
      })
  void lyingHeadersAreNamed(String header, String cause) throws IOException {
    Path file = write(header, new byte[8]);
    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + " is not a good safetensors file: ")
        .hasMessageContaining(cause)
        .matches(e -> String.valueOf(e.getMessage()).lines().count() == 1);
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    Path file = folder.resolve("a.safetensors");
    Safetensors.write(
        file,
        Map.of("w", Tensors.of(new float[] {1, 2, 3}, 3), "u", Tensors.ofBytes(new byte[5], 5)),
        Map.of("k", "v"));
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Bytes part = new Bytes(java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> SafetensorsHeader.read("the file", part))
          .isInstanceOf(UserError.class);
    }
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> Safetensors.open(file)).isInstanceOf(UserError.class);
  }

  @Test
  void headerLengthsThatLie() throws IOException {
    for (long length : new long[] {-1, 0, 1, 3, 101, SafetensorsHeader.MAX_BYTES + 1, 1L << 62}) {
      ByteBuffer bytes = ByteBuffer.allocate(8 + 100).order(ByteOrder.LITTLE_ENDIAN);
      bytes.putLong(length).put("{}".getBytes(StandardCharsets.UTF_8));
      Path file = Files.write(folder.resolve("x"), bytes.array());
      assertThatThrownBy(() -> Safetensors.open(file)).isInstanceOf(UserError.class);
    }
    for (Path path : List.of(folder, folder.resolve("nowhere"))) {
      assertThatThrownBy(() -> Safetensors.open(path))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(path.toString());
    }
  }

  /** Seeded mutations: whatever the bytes, a file opens and reads, or there is one UserError. */
  @Test
  void mutatedFilesNeverCrash() throws IOException {
    Path file = folder.resolve("a.safetensors");
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("block.0.weight", Tensors.of(new float[6], 2, 3));
    tensors.put("block.0.bias", Tensors.of(new float[3], 3).to(ScalarType.BFloat16));
    tensors.put("ids", Tensors.of(new long[] {1, 2}, 2));
    tensors.put("mask", Tensors.ofBytes(new byte[3], 3));
    Safetensors.write(file, tensors, Map.of("format", "pt"));
    byte[] whole = Files.readAllBytes(file);
    int opened = 0;
    int cases = 6000;
    for (int i = 0; i < cases; i++) {
      Random random = new Random(20_000 + i);
      byte[] mutated = mutate(whole, random);
      try {
        SafetensorsHeader.read("the file", new Bytes(mutated));
        opened++;
        if (opened % 10 == 0) {
          Files.write(file, mutated);
          try (SafetensorsFile read = Safetensors.open(file)) {
            Scopes.run(() -> read.tensors().values().forEach(Tensors::toBytes));
          }
        }
      } catch (UserError e) {
        assertThat(String.valueOf(e.getMessage()).lines().count()).as("case %d", i).isEqualTo(1);
      } catch (RuntimeException e) {
        throw new AssertionError("case " + i, e);
      }
    }
    assertThat(opened).isBetween(100, cases - 1000);
  }

  private static byte[] mutate(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    int edits = 1 + random.nextInt(3);
    for (int e = 0; e < edits; e++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes[at] = (byte) "0123456789[]{},:\"-e. ".charAt(random.nextInt(21));
        case 3 -> bytes = java.util.Arrays.copyOf(bytes, Math.max(1, at));
        default -> {
          int length = Math.min(random.nextInt(16), bytes.length - at);
          int from = random.nextInt(bytes.length - length + 1);
          System.arraycopy(bytes.clone(), from, bytes, at, length);
        }
      }
    }
    return bytes;
  }

  @Test
  void aFailedWriteLeavesTheOldFile() throws IOException {
    Path file = folder.resolve("a.safetensors");
    Safetensors.write(file, Map.of("w", Tensors.full(1, 4)), Map.of());
    byte[] before = Files.readAllBytes(file);
    Map<String, Tensor> bad = new LinkedHashMap<>();
    bad.put("w", Tensors.full(2, 4));
    bad.put("__metadata__", Tensors.full(2, 4));
    assertThatThrownBy(() -> Safetensors.write(file, bad, Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThatThrownBy(
            () -> Safetensors.write(folder.resolve("no/a"), Map.of("w", bad.get("w")), Map.of()))
        .isInstanceOf(UserError.class);
    try (var entries = Files.list(folder)) {
      assertThat(entries).containsExactly(file);
    }
  }

  private Path write(String header, byte[] data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + data.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text).put(data);
    return Files.write(folder.resolve("file.safetensors"), bytes.array());
  }

  /** A file in memory. */
  private static final class Bytes implements SeekableByteChannel {
    private final ByteBuffer content;

    Bytes(byte[] content) {
      this.content = ByteBuffer.wrap(content);
    }

    @Override
    public int read(ByteBuffer target) {
      if (!content.hasRemaining()) {
        return -1;
      }
      int count = Math.min(content.remaining(), target.remaining());
      target.put(content.slice(content.position(), count));
      content.position(content.position() + count);
      return count;
    }

    @Override
    public long size() {
      return content.limit();
    }

    @Override
    public long position() {
      return content.position();
    }

    @Override
    public SeekableByteChannel position(long position) {
      content.position((int) position);
      return this;
    }

    @Override
    public int write(ByteBuffer source) {
      throw new UnsupportedOperationException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
