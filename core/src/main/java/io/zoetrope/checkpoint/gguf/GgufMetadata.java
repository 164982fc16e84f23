package io.zoetrope.checkpoint.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.StringJoiner;
import java.util.function.IntFunction;

/** What a GGUF file says of itself, by key. */
public final class GgufMetadata {
  private static final int SHOWN = 6;

  /** The types of values, in the order of their codes. */
  enum Type {
    UINT8(1),
    INT8(1),
    UINT16(2),
    INT16(2),
    UINT32(4),
    INT32(4),
    FLOAT32(4),
    BOOL(1),
    STRING(8),
    ARRAY(12),
    UINT64(8),
    INT64(8),
    FLOAT64(8);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }

    /** Bytes of one, the least that one takes for texts and lists. */
    int bytes() {
      return bytes;
    }
  }

  /** A value; of a list of numbers the bytes as the file has them. */
  sealed interface Value {
    /** A number or a truth, or many. */
    record Numbers(Type type, byte[] bytes, boolean list) implements Value {
      int count() {
        return bytes.length / type.bytes();
      }
    }

    /** A text. */
    record Text(String text) implements Value {}

    /** Texts. */
    record Texts(List<String> texts) implements Value {}

    /** Lists. */
    record Lists(List<Value> lists) implements Value {}
  }

  private final SequencedMap<String, Value> values;

  GgufMetadata(SequencedMap<String, Value> values) {
    this.values = Collections.unmodifiableSequencedMap(values);
  }

  /** A text. */
  public Optional<String> text(String key) {
    return values.get(key) instanceof Value.Text said ? Optional.of(said.text) : Optional.empty();
  }

  /** A whole number. */
  public OptionalLong number(String key) {
    return values.get(key) instanceof Value.Numbers said && !said.list && whole(said.type)
        ? OptionalLong.of(whole(said, 0))
        : OptionalLong.empty();
  }

  /** A list of texts; empty if there is none of that key. */
  public List<String> texts(String key) {
    return values.get(key) instanceof Value.Texts said ? said.texts : List.of();
  }

  /** A list of numbers, whatever their type; empty if there is none of that key. */
  public double[] numbers(String key) {
    if (!(values.get(key) instanceof Value.Numbers said) || !said.list) {
      return new double[0];
    }
    double[] numbers = new double[said.count()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] =
          switch (said.type) {
            case FLOAT32 -> data(said).getFloat(4 * i);
            case FLOAT64 -> data(said).getDouble(8 * i);
            default -> whole(said, i);
          };
    }
    return numbers;
  }

  /** A list of bytes; empty if there is none of that key. */
  public byte[] bytes(String key) {
    return values.get(key) instanceof Value.Numbers said && said.list && said.type.bytes() == 1
        ? said.bytes.clone()
        : new byte[0];
  }

  /** A value for a person to read. */
  public Optional<String> shown(String key) {
    return Optional.ofNullable(values.get(key)).map(GgufMetadata::shown);
  }

  /** All of it for a person to read: of lists the length and the first. */
  public SequencedMap<String, String> shown() {
    SequencedMap<String, String> shown = new LinkedHashMap<>();
    for (Map.Entry<String, Value> entry : values.entrySet()) {
      shown.put(entry.getKey(), shown(entry.getValue()));
    }
    return shown;
  }

  private static String shown(Value value) {
    return switch (value) {
      case Value.Text said -> said.text;
      case Value.Texts said -> list(said.texts.size(), said.texts::get);
      case Value.Lists said -> list(said.lists.size(), i -> shown(said.lists.get(i)));
      case Value.Numbers said when said.list -> list(said.count(), i -> shown(said, i));
      case Value.Numbers said -> shown(said, 0);
    };
  }

  private static String list(int count, IntFunction<String> each) {
    StringJoiner shown = new StringJoiner(", ", count + ": [", count > SHOWN ? ", ...]" : "]");
    for (int i = 0; i < Math.min(SHOWN, count); i++) {
      shown.add(each.apply(i));
    }
    return shown.toString();
  }

  private static String shown(Value.Numbers said, int i) {
    return switch (said.type) {
      case FLOAT32 -> String.valueOf(data(said).getFloat(4 * i));
      case FLOAT64 -> String.valueOf(data(said).getDouble(8 * i));
      case BOOL -> String.valueOf(said.bytes[i] != 0);
      case UINT64 -> Long.toUnsignedString(whole(said, i));
      default -> String.valueOf(whole(said, i));
    };
  }

  private static boolean whole(Type type) {
    return type.name().toUpperCase(Locale.ROOT).contains("INT");
  }

  private static long whole(Value.Numbers said, int i) {
    ByteBuffer data = data(said);
    return switch (said.type) {
      case UINT8, BOOL -> Byte.toUnsignedLong(data.get(i));
      case INT8 -> data.get(i);
      case UINT16 -> Short.toUnsignedLong(data.getShort(2 * i));
      case INT16 -> data.getShort(2 * i);
      case UINT32 -> Integer.toUnsignedLong(data.getInt(4 * i));
      case INT32 -> data.getInt(4 * i);
      case UINT64, INT64 -> data.getLong(8 * i);
      default -> throw new IllegalArgumentException(said.type + " is no whole number");
    };
  }

  private static ByteBuffer data(Value.Numbers said) {
    return ByteBuffer.wrap(said.bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
