package io.zoetrope.checkpoint.safetensors;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What the header of a safetensors file says, checked: the tensors cover the data exactly, without
 * a hole or an overlap, and each has as many bytes as its dtype and shape need
 * (https://huggingface.co/docs/safetensors, "Format").
 *
 * @param entries the tensors in the order of their data
 * @param metadata the {@code __metadata__} strings
 * @param dataStart where in the file the data begins
 */
public record SafetensorsHeader(
    SequencedMap<String, SafetensorsFile.Entry> entries,
    Map<String, String> metadata,
    long dataStart) {
  static final String METADATA = "__metadata__";

  /** The longest header that the format allows, in bytes. */
  public static final long MAX_BYTES = 100_000_000;

  /** The most axes that libtorch's operations take. */
  private static final int MAX_AXES = 64;

  /**
   * Reads and checks the header of a file. Nothing is allocated for what the file claims before the
   * file is known to be that long.
   *
   * @param what names the file in errors
   * @param channel at its beginning
   * @throws UserError in one line, naming the tensor and the cause, if anything does not add up
   */
  public static SafetensorsHeader read(String what, SeekableByteChannel channel)
      throws IOException {
    long size = channel.size();
    byte[] start = read(what, channel, (int) Math.min(ForeignFile.BYTES, size));
    long length = size < 8 ? 0 : ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > Math.min(size - 8, MAX_BYTES) || start[8] != '{') {
      Optional<ForeignFile> other = ForeignFile.of(start);
      if (other.isPresent()) {
        throw other.get().error(what, "safetensors");
      }
    }
    if (size < 8) {
      throw bad(what, "it has only " + size + " bytes");
    }
    if (length < 2 || length > size - 8) {
      throw bad(
          what,
          "it claims a header of %s bytes in a file of %s"
              .formatted(Long.toUnsignedString(length), size));
    }
    if (length > MAX_BYTES) {
      throw bad(what, "its header of %s bytes is longer than %s".formatted(length, MAX_BYTES));
    }
    return parse(what, header(what, channel, start, (int) length), size);
  }

  /** Of which the beginning has been read already. */
  private static byte[] header(String what, SeekableByteChannel channel, byte[] start, int length)
      throws IOException {
    byte[] header = Arrays.copyOfRange(start, 8, 8 + length);
    int have = Math.min(length, start.length - 8);
    byte[] rest = read(what, channel, length - have);
    System.arraycopy(rest, 0, header, have, rest.length);
    return header;
  }

  private static byte[] read(String what, SeekableByteChannel channel, int bytes)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw bad(what, "it ends within its header");
      }
    }
    return buffer.array();
  }

  /**
   * Checks a header.
   *
   * @param what names the file in errors
   * @param header its bytes
   * @param size of the whole file
   */
  static SafetensorsHeader parse(String what, byte[] header, long size) {
    if (header.length == 0 || header[0] != '{') {
      throw bad(what, "its header does not begin with '{'");
    }
    List<SafetensorsFile.Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    HeaderText text = new HeaderText(what, header);
    text.expect('{', "the header");
    for (boolean more = !text.take('}'); more; more = more(text, "the header")) {
      String name = text.string("a name in the header");
      if (!names.add(name)) {
        throw bad(what, "two entries are called '" + clean(name) + "'");
      }
      text.expect(':', "the header");
      if (name.equals(METADATA)) {
        metadata.putAll(metadata(what, text));
      } else {
        entries.add(entry(what, name, text));
      }
    }
    text.end();
    long dataStart = 8L + header.length;
    return new SafetensorsHeader(
        Collections.unmodifiableSequencedMap(covering(what, entries, size - dataStart)),
        Collections.unmodifiableMap(metadata),
        dataStart);
  }

  /** The entries in the order of their data, of which not a byte is left out or used twice. */
  private static SequencedMap<String, SafetensorsFile.Entry> covering(
      String what, List<SafetensorsFile.Entry> entries, long dataBytes) {
    entries.sort(
        Comparator.comparingLong(SafetensorsFile.Entry::begin)
            .thenComparingLong(SafetensorsFile.Entry::end));
    SequencedMap<String, SafetensorsFile.Entry> byName = new LinkedHashMap<>();
    long position = 0;
    for (SafetensorsFile.Entry entry : entries) {
      if (entry.begin() != position) {
        throw bad(
            what,
            "tensor '%s' begins at byte %s where %s was due (%s)"
                .formatted(
                    clean(entry.name()),
                    entry.begin(),
                    position,
                    entry.begin() < position ? "an overlap" : "a hole"));
      }
      position = entry.end();
      byName.put(entry.name(), entry);
    }
    if (position != dataBytes) {
      throw bad(
          what,
          "its tensors need %s bytes of data, it has %s: it is truncated or damaged"
              .formatted(position, dataBytes));
    }
    return byName;
  }

  static UserError bad(String what, String cause) {
    return new UserError(Fault.DAMAGED, what + " is not a good safetensors file: " + cause);
  }

  /** Text from a file, made fit for one line of a message. */
  public static String clean(String text) {
    String line = text.length() <= 120 ? text : text.substring(0, 117) + "...";
    return line.replaceAll("\\p{C}", "?");
  }

  private static boolean more(HeaderText text, String where) {
    if (text.take(',')) {
      return true;
    }
    text.expect('}', where);
    return false;
  }

  private static Map<String, String> metadata(String what, HeaderText text) {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (!text.take('{')) {
      throw bad(what, METADATA + " is not a JSON object");
    }
    for (boolean more = !text.take('}'); more; more = more(text, METADATA)) {
      String key = text.string("a key of " + METADATA);
      text.expect(':', METADATA);
      if (!text.next('"')) {
        throw bad(what, "%s.%s is not a string".formatted(METADATA, clean(key)));
      }
      if (metadata.put(key, text.string(METADATA)) != null) {
        throw bad(what, "%s has '%s' twice".formatted(METADATA, clean(key)));
      }
    }
    return metadata;
  }

  private static SafetensorsFile.Entry entry(String what, String name, HeaderText text) {
    String tensor = "tensor '" + clean(name) + "'";
    Optional<Dtype> dtype = Optional.empty();
    Optional<long[]> shape = Optional.empty();
    Optional<long[]> offsets = Optional.empty();
    if (!text.take('{')) {
      throw bad(what, tensor + " is not a JSON object");
    }
    for (boolean more = !text.take('}'); more; more = more(text, tensor)) {
      String key = text.string("a key of " + tensor);
      text.expect(':', tensor);
      boolean twice =
          switch (key) {
            case "dtype" -> {
              boolean again = dtype.isPresent();
              dtype = Optional.of(dtype(what, tensor, text.string(tensor + " dtype")));
              yield again;
            }
            case "shape" -> {
              boolean again = shape.isPresent();
              shape = Optional.of(numbers(what, tensor, "shape", MAX_AXES, text));
              yield again;
            }
            case "data_offsets" -> {
              boolean again = offsets.isPresent();
              offsets = Optional.of(numbers(what, tensor, "data_offsets", 2, text));
              yield again;
            }
            default -> throw bad(what, tensor + " has an unknown key '" + clean(key) + "'");
          };
      if (twice) {
        throw bad(what, "%s has its %s twice".formatted(tensor, key));
      }
    }
    if (dtype.isEmpty() || shape.isEmpty() || offsets.isEmpty()) {
      throw bad(what, tensor + " lacks its dtype, shape or data_offsets");
    }
    return sized(what, tensor, name, dtype.get(), shape.get(), offsets.get());
  }

  private static SafetensorsFile.Entry sized(
      String what, String tensor, String name, Dtype dtype, long[] shape, long[] offsets) {
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw bad(what, tensor + " has data_offsets " + Arrays.toString(offsets));
    }
    long bytes = dtype.bytes();
    boolean empty = false;
    for (long size : shape) {
      empty |= size == 0;
      // Also beside an axis of 0: libtorch counts strides without it.
      if (Math.multiplyHigh(bytes, size) != 0 || bytes * size < 0) {
        throw bad(what, tensor + " has the impossible shape " + clean(Arrays.toString(shape)));
      }
      bytes *= Math.max(1, size);
    }
    bytes = empty ? 0 : bytes;
    if (bytes != offsets[1] - offsets[0]) {
      throw bad(
          what,
          "%s is %s %s, %s bytes, but its data_offsets span %s"
              .formatted(
                  tensor, dtype, clean(Arrays.toString(shape)), bytes, offsets[1] - offsets[0]));
    }
    return new SafetensorsFile.Entry(
        name, dtype, Arrays.stream(shape).boxed().toList(), offsets[0], offsets[1]);
  }

  private static Dtype dtype(String what, String tensor, String name) {
    return Dtype.named(name)
        .orElseThrow(() -> bad(what, tensor + " " + Dtype.refusal(clean(name))));
  }

  private static long[] numbers(String what, String tensor, String key, int most, HeaderText text) {
    String where = tensor + " " + key;
    if (!text.take('[')) {
      throw bad(what, where + " is not a list");
    }
    long[] values = new long[4];
    int count = 0;
    if (text.take(']')) {
      return new long[0];
    }
    do {
      if (count == most) {
        throw bad(what, "%s has more than %s numbers".formatted(where, most));
      }
      if (count == values.length) {
        values = Arrays.copyOf(values, 2 * count);
      }
      values[count++] = text.number(where);
    } while (text.take(','));
    text.expect(']', where);
    return Arrays.copyOf(values, count);
  }
}
