package io.zoetrope.bench;

import io.zoetrope.checkpoint.safetensors.Dtype;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile.Entry;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * A second reading of the safetensors specification, written for plainness and without a line in
 * common with {@link io.zoetrope.checkpoint.safetensors.SafetensorsHeader}: what the fuzzer holds
 * that against.
 */
final class HeaderOracle {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final BigInteger LONGEST = BigInteger.valueOf(100_000_000);

  private HeaderOracle() {}

  /** The file does not follow the specification. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused() {
      super(null, null, false, false);
    }
  }

  /** What a file holds, by name; empty if it is no good file. */
  static Optional<Map<String, Entry>> read(byte[] file) {
    try {
      return Optional.of(entries(file));
    } catch (CharacterCodingException | JacksonException | Refused e) {
      return Optional.empty();
    }
  }

  private static void require(boolean fact) throws Refused {
    if (!fact) {
      throw new Refused();
    }
  }

  private static Map<String, Entry> entries(byte[] file) throws CharacterCodingException, Refused {
    require(file.length >= 10);
    byte[] length = Arrays.copyOf(file, 8);
    for (int i = 0; i < 4; i++) {
      byte swapped = length[i];
      length[i] = length[7 - i];
      length[7 - i] = swapped;
    }
    BigInteger bytes = new BigInteger(1, length);
    require(bytes.compareTo(LONGEST) <= 0);
    require(bytes.compareTo(BigInteger.valueOf(file.length - 8)) <= 0);
    int header = bytes.intValueExact();
    require(header >= 2 && file[8] == '{');
    // Jackson forgives a little that UTF-8 does not; Java's own decoder forgives nothing.
    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file, 8, header));
    Map<String, Entry> entries = new HashMap<>();
    try (JsonParser p = JSON.createParser(ObjectReadContext.empty(), file, 8, header)) {
      require(p.nextToken() == JsonToken.START_OBJECT);
      while (p.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = text(p.currentName());
        if (name.equals("__metadata__")) {
          strings(p);
        } else {
          entries.put(name, entry(name, p));
        }
      }
      require(p.currentToken() == JsonToken.END_OBJECT && p.nextToken() == null);
    }
    requireCover(entries, file.length - 8 - header);
    return entries;
  }

  /** Every byte of the data belongs to one tensor, and to one only. */
  private static void requireCover(Map<String, Entry> entries, int data) throws Refused {
    int[] owners = new int[data];
    for (Entry e : entries.values()) {
      require(e.end() <= data);
      for (long i = e.begin(); i < e.end(); i++) {
        owners[(int) i]++;
      }
    }
    for (int owner : owners) {
      require(owner == 1);
    }
    // Where tensors without bytes may lie: at a seam.
    for (Entry e : entries.values()) {
      boolean seam = e.begin() < e.end() || e.begin() == 0;
      for (Entry other : entries.values()) {
        seam |= other.begin() < other.end() && other.end() == e.begin();
      }
      require(seam);
    }
  }

  private static String text(String text) throws Refused {
    require(StandardCharsets.UTF_16BE.newEncoder().canEncode(text));
    return text;
  }

  private static void strings(JsonParser p) throws Refused {
    require(p.nextToken() == JsonToken.START_OBJECT);
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      text(p.currentName());
      require(p.nextToken() == JsonToken.VALUE_STRING);
      text(p.getString());
    }
  }

  private static Entry entry(String name, JsonParser p) throws Refused {
    Map<String, List<BigInteger>> lists = new HashMap<>();
    Optional<Dtype> dtype = Optional.empty();
    require(p.nextToken() == JsonToken.START_OBJECT);
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = p.currentName();
      if (key.equals("dtype")) {
        require(p.nextToken() == JsonToken.VALUE_STRING);
        dtype = Dtype.named(p.getString());
      } else {
        require(key.equals("shape") || key.equals("data_offsets"));
        lists.put(key, numbers(p));
      }
    }
    List<BigInteger> shape = lists.get("shape");
    List<BigInteger> offsets = lists.get("data_offsets");
    if (dtype.isEmpty() || shape == null || offsets == null) {
      throw new Refused();
    }
    require(shape.size() <= 64 && offsets.size() == 2);
    BigInteger bytes = BigInteger.valueOf(dtype.get().bytes());
    BigInteger strides = bytes;
    for (BigInteger size : shape) {
      bytes = bytes.multiply(size);
      strides = strides.multiply(size.max(BigInteger.ONE));
    }
    require(strides.bitLength() < 64);
    require(offsets.get(1).subtract(offsets.get(0)).equals(bytes));
    require(offsets.get(1).bitLength() < 64);
    return new Entry(
        name,
        dtype.get(),
        shape.stream().map(BigInteger::longValueExact).toList(),
        offsets.get(0).longValueExact(),
        offsets.get(1).longValueExact());
  }

  private static List<BigInteger> numbers(JsonParser p) throws Refused {
    List<BigInteger> numbers = new ArrayList<>();
    require(p.nextToken() == JsonToken.START_ARRAY);
    while (p.nextToken() != JsonToken.END_ARRAY) {
      require(p.currentToken() == JsonToken.VALUE_NUMBER_INT && !p.getString().startsWith("-"));
      numbers.add(p.getBigIntegerValue());
      require(numbers.getLast().bitLength() < 64);
    }
    return numbers;
  }
}
