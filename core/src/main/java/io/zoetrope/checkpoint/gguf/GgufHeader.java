package io.zoetrope.checkpoint.gguf;

import io.zoetrope.checkpoint.gguf.GgufMetadata.Type;
import io.zoetrope.checkpoint.gguf.GgufMetadata.Value;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;

/**
 * What the head of a GGUF file says, checked
 * (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): versions 2 and 3, little-endian;
 * every tensor lies within the file, at a multiple of the alignment, and shares no byte with
 * another.
 *
 * @param entries the tensors in the order of their data
 * @param dataStart where in the file the data begins
 */
record GgufHeader(
    SequencedMap<String, GgufFile.Entry> entries, GgufMetadata metadata, long dataStart) {
  private static final int MAGIC = 0x46554747; // GGUF

  private static final String ALIGNMENT = "general.alignment";
  private static final long USUAL_ALIGNMENT = 32;

  /** What a key with its value, and a tensor's entry, take at the least. */
  private static final int LEAST_VALUE = 8 + 4 + 1;

  private static final int LEAST_TENSOR = 8 + 4 + 4 + 8;

  /** Before the name of a tensor: its shape, where the file has it in another. */
  private static final String ORIGINAL = "comfy.gguf.orig_shape.";

  /** The most axes of a tensor: files have 5, of a library that knows 4. */
  private static final int MOST_AXES = 8;

  /** Lists in lists. */
  private static final int DEEPEST = 4;

  /**
   * Reads and checks the head of a file.
   *
   * @param what names the file in errors
   * @param channel at its beginning
   * @throws UserError in one line, naming the tensor or key and the cause
   */
  static GgufHeader read(String what, SeekableByteChannel channel) throws IOException {
    GgufInput in = new GgufInput(what, channel);
    requireVersion(what, in);
    int tensors = in.count(LEAST_TENSOR, "its number of tensors");
    int keys = in.count(LEAST_VALUE, "its number of keys");
    GgufMetadata metadata = metadata(in, keys);
    requireKnown(what, metadata);
    long alignment = alignment(in, metadata);
    List<GgufFile.Entry> entries = new ArrayList<>();
    for (int i = 0; i < tensors; i++) {
      entries.add(entry(in, metadata, alignment));
    }
    long dataStart = Math.ceilDiv(in.position(), alignment) * alignment;
    return new GgufHeader(apart(in, entries, in.size() - dataStart), metadata, dataStart);
  }

  private static void requireVersion(String what, GgufInput in) {
    if (in.u32("its first bytes") != MAGIC) {
      throw in.bad("it does not begin with 'GGUF'");
    }
    int version = in.u32("its version");
    if (version == 2 || version == 3) {
      return;
    }
    int turned = Integer.reverseBytes(version);
    if (turned >= 1 && turned <= 9) {
      throw unsupported(what + " is a big-endian GGUF file", "take the little-endian one");
    }
    if (version >= 0 && version <= 9) {
      throw unsupported(
          "%s is of version %s of GGUF; 2 and 3 are read".formatted(what, version),
          "convert it with a program of today");
    }
    throw in.bad("it claims version " + Integer.toUnsignedString(version));
  }

  private static UserError unsupported(String cause, String mend) {
    return new UserError(Fault.UNSUPPORTED, cause, mend);
  }

  private static GgufMetadata metadata(GgufInput in, int keys) {
    SequencedMap<String, Value> values = new LinkedHashMap<>();
    for (int i = 0; i < keys; i++) {
      String key = in.name("the name of key " + (i + 1));
      String where = "key '" + GgufInput.clean(key) + "'";
      if (values.put(key, value(in, type(in, where), where, 0)) != null) {
        throw in.bad(where + " is there twice");
      }
    }
    return new GgufMetadata(values);
  }

  private static Type type(GgufInput in, String where) {
    int code = in.u32(where);
    if (code < 0 || code >= Type.values().length) {
      throw in.bad(
          "%s has a value of type %s, which the format does not know"
              .formatted(where, Integer.toUnsignedString(code)));
    }
    return Type.values()[code];
  }

  private static Value value(GgufInput in, Type type, String where, int depth) {
    return switch (type) {
      case STRING -> new Value.Text(in.text(where));
      case ARRAY -> list(in, where, depth + 1);
      default -> numbers(in, type, 1, false, where);
    };
  }

  private static Value list(GgufInput in, String where, int depth) {
    Type type = type(in, where);
    if (depth > DEEPEST) {
      throw in.bad(where + " has lists in lists in lists");
    }
    int count = in.count(type.bytes(), where);
    return switch (type) {
      case STRING -> {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          texts.add(in.text(where));
        }
        yield new Value.Texts(Collections.unmodifiableList(texts));
      }
      case ARRAY -> {
        List<Value> lists = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          lists.add(list(in, where, depth + 1));
        }
        yield new Value.Lists(lists);
      }
      default -> numbers(in, type, count, true, where);
    };
  }

  private static Value numbers(GgufInput in, Type type, int count, boolean list, String where) {
    long bytes = (long) count * type.bytes();
    byte[] values = in.bytes(in.count(bytes, 1, where), where);
    for (int i = 0; type == Type.BOOL && i < values.length; i++) {
      if (values[i] != 0 && values[i] != 1) {
        throw in.bad(where + " has a truth that is neither 0 nor 1");
      }
    }
    return new Value.Numbers(type, values, list);
  }

  private static void requireKnown(String what, GgufMetadata metadata) {
    long pieces = metadata.number("split.count").orElse(1);
    if (pieces > 1) {
      throw unsupported(
          "%s is one of %s pieces".formatted(what, pieces),
          "join them by the program that split them");
    }
    long version = metadata.number("general.quantization_version").orElse(2);
    if (version != 2) {
      throw unsupported(
          "%s has blocks of version %s; 2 is read".formatted(what, version),
          "convert it with a program of today");
    }
  }

  private static long alignment(GgufInput in, GgufMetadata metadata) {
    Optional<String> shown = metadata.shown(ALIGNMENT);
    if (shown.isEmpty()) {
      return USUAL_ALIGNMENT;
    }
    OptionalLong said = metadata.number(ALIGNMENT);
    if (said.isEmpty() || Long.bitCount(said.getAsLong()) != 1 || said.getAsLong() < 1) {
      throw in.bad(
          "its alignment is %s, which is no power of two".formatted(GgufInput.clean(shown.get())));
    }
    return said.getAsLong();
  }

  private static GgufFile.Entry entry(GgufInput in, GgufMetadata metadata, long alignment) {
    String name = in.name("the name of a tensor");
    String tensor = "tensor '" + GgufInput.clean(name) + "'";
    int axes = in.u32(tensor);
    if (axes < 0 || axes > MOST_AXES) {
      throw in.bad(
          "%s has %s axes; %s are the most"
              .formatted(tensor, Integer.toUnsignedString(axes), MOST_AXES));
    }
    long[] shape = new long[axes];
    for (int i = axes - 1; i >= 0; i--) {
      shape[i] = in.u64(tensor);
    }
    GgufType type = type(in, tensor, in.u32(tensor));
    long bytes = bytes(in, tensor, type, shape);
    long begin = in.u64(tensor);
    if (begin < 0 || begin % alignment != 0) {
      throw in.bad(
          "%s begins at byte %s, which is no multiple of the alignment %s"
              .formatted(tensor, Long.toUnsignedString(begin), alignment));
    }
    if (begin > in.size() || bytes > in.size() - begin) {
      throw in.bad(
          "%s needs %s bytes from byte %s of the data on, and the file has %s: it is truncated or damaged"
              .formatted(tensor, bytes, begin, in.size()));
    }
    long[] own = original(in, metadata, name, shape);
    return new GgufFile.Entry(
        name, type, Arrays.stream(own).boxed().toList(), begin, begin + bytes);
  }

  /**
   * The shape that a tensor had before it was laid out in rows of whole blocks, as kernels of
   * convolutions are: ComfyUI-GGUF's key says it, slowest axis first.
   */
  private static long[] original(GgufInput in, GgufMetadata metadata, String name, long[] shape) {
    double[] said = metadata.numbers(ORIGINAL + name);
    if (said.length == 0) {
      return shape;
    }
    long[] original = new long[said.length];
    long left = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    for (int i = 0; i < said.length; i++) {
      original[i] = (long) said[i];
      left = original[i] < 1 || left % original[i] != 0 ? 0 : left / original[i];
    }
    if (left != 1) {
      throw in.bad(
          "tensor '%s' of shape %s cannot have had the shape %s"
              .formatted(GgufInput.clean(name), Arrays.toString(shape), Arrays.toString(original)));
    }
    return original;
  }

  private static GgufType type(GgufInput in, String tensor, int code) {
    return GgufType.of(code)
        .orElseThrow(() ->
            GgufType.other(code)
                .map(name ->
                    new UserError(
                        Fault.UNSUPPORTED,
                        "%s has the quantisation %s, which is not read".formatted(tensor, name),
                        "take a file of Q8_0, Q6_K, Q5_K or Q4_K"))
                .orElseGet(() ->
                    in.bad(
                        "%s has the type %s, which the format does not know"
                            .formatted(tensor, Integer.toUnsignedString(code)))));
  }

  private static long bytes(GgufInput in, String tensor, GgufType type, long[] shape) {
    String shown = Arrays.toString(shape);
    long last = shape.length == 0 ? 1 : shape[shape.length - 1];
    if (last % type.numbers() != 0) {
      throw in.bad(
          "%s is %s %s: its rows are not of whole blocks of %s"
              .formatted(tensor, type, shown, type.numbers()));
    }
    long numbers = 1;
    for (long size : shape) {
      if (size < 1 || Math.multiplyHigh(numbers, size) != 0 || numbers * size < 0) {
        throw in.bad("%s has the impossible shape %s".formatted(tensor, shown));
      }
      numbers *= size;
    }
    long blocks = numbers / type.numbers();
    if (Math.multiplyHigh(blocks, type.bytes()) != 0 || blocks * type.bytes() < 0) {
      throw in.bad("%s has the impossible shape %s".formatted(tensor, shown));
    }
    return blocks * type.bytes();
  }

  /** The entries in the order of their data, of which not a byte is used twice. */
  private static SequencedMap<String, GgufFile.Entry> apart(
      GgufInput in, List<GgufFile.Entry> entries, long dataBytes) {
    entries.sort(Comparator.comparingLong(GgufFile.Entry::begin));
    SequencedMap<String, GgufFile.Entry> byName = new LinkedHashMap<>();
    long position = 0;
    for (GgufFile.Entry entry : entries) {
      String tensor = "tensor '" + GgufInput.clean(entry.name()) + "'";
      if (entry.begin() < position) {
        throw in.bad(
            "%s begins at byte %s of the data, within the one before"
                .formatted(tensor, entry.begin()));
      }
      if (entry.end() > dataBytes) {
        throw in.bad(
            "%s needs %s bytes of data, the file has %s: it is truncated or damaged"
                .formatted(tensor, entry.end(), Math.max(0, dataBytes)));
      }
      if (byName.put(entry.name(), entry) != null) {
        throw in.bad("two tensors are called '" + GgufInput.clean(entry.name()) + "'");
      }
      position = entry.end();
    }
    return Collections.unmodifiableSequencedMap(byName);
  }
}
