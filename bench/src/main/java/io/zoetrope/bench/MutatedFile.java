package io.zoetrope.bench;

import io.zoetrope.checkpoint.safetensors.Dtype;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Small safetensors files that are damaged on purpose: in their numbers, names and structure, with
 * the length of the header put right, or in any of their bytes.
 */
final class MutatedFile {
  private static final String[] NAMES = {
    "w", "block.0.weight", "down_blocks.1.attentions.0.proj_in.weight", "mül\u20ac", "a\\\"b", ""
  };
  private static final String[] NUMBERS = {
    "0",
    "1",
    "-1",
    "-0",
    "01",
    "1.0",
    "1e2",
    "2147483647",
    "2147483648",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "null",
    "\"1\"",
    "[1]",
    ""
  };
  private static final String[] DTYPES = {"F4", "F6_E3M2", "F31", "f32", "", "__metadata__"};
  private static final long[] LENGTHS = {
    0, 1, 2, 7, 100_000_000, 100_000_001, Integer.MAX_VALUE, 1L << 32, 1L << 62, Long.MAX_VALUE, -1
  };
  private static final byte[] MARKS =
      "0123456789[]{},:\"\\-+eE. \n\tnulltrue".getBytes(StandardCharsets.US_ASCII);
  private static final Dtype[] ALL = Dtype.values();

  private final SplittableRandom random;
  private final List<String> entries = new ArrayList<>();
  private int dataBytes;

  private MutatedFile(SplittableRandom random) {
    this.random = random;
  }

  /** The file of a case; the same for the same random numbers. */
  static byte[] make(SplittableRandom random) {
    return new MutatedFile(random).make();
  }

  private byte[] make() {
    build();
    int kind = random.nextInt(8);
    if (kind < 4) {
      for (int n = 1 + random.nextInt(2); n > 0; n--) {
        damageEntry();
      }
    }
    byte[] header = header();
    byte[] file = file(header, dataBytes);
    for (int n = kind < 3 ? 0 : kind == 7 ? 0 : 1 + random.nextInt(3); n > 0; n--) {
      file = damageBytes(file, header.length);
    }
    return file;
  }

  /** Whole entries that cover the data. */
  private void build() {
    if (random.nextInt(3) == 0) {
      entries.add("\"__metadata__\":{\"format\":\"pt\",\"k\\u00e4y\":\"v\"}");
    }
    for (int n = random.nextInt(5); n > 0; n--) {
      Dtype dtype = ALL[random.nextInt(ALL.length)];
      int bytes = dtype.bytes();
      StringBuilder shape = new StringBuilder();
      for (int axes = random.nextInt(4); axes > 0; axes--) {
        int size = random.nextInt(16) == 0 ? 0 : 1 + random.nextInt(3);
        bytes *= size;
        shape.append(shape.isEmpty() ? "" : ",").append(size);
      }
      String name = NAMES[random.nextInt(NAMES.length)] + (random.nextInt(20) == 0 ? "" : n);
      entries.add(entry(name, dtype.name(), shape.toString(), dataBytes, dataBytes + bytes));
      dataBytes += bytes;
    }
  }

  private static String entry(String name, String dtype, String shape, long begin, long end) {
    return "\""
        + name
        + "\":{\"dtype\":\""
        + dtype
        + "\",\"shape\":["
        + shape
        + "],\"data_offsets\":["
        + begin
        + ","
        + end
        + "]}";
  }

  private void damageEntry() {
    if (entries.isEmpty()) {
      entries.add(entry("x", "U8", "1", 0, 1));
      return;
    }
    int at = random.nextInt(entries.size());
    String entry = entries.get(at);
    switch (random.nextInt(9)) {
      case 0 -> entries.add(random.nextInt(entries.size() + 1), entry);
      case 1 -> entries.remove(at);
      case 2 -> Collections.shuffle(entries, new Random(random.nextLong())); // harmless
      case 3 -> entries.set(at, entry.replace("F32", pick(DTYPES)).replace("U8", pick(DTYPES)));
      case 4 -> entries.set(at, entry.replace("\"dtype\"", pick("\"d\"", "\"shape\"", "dtype")));
      case 5 -> dataBytes += random.nextInt(3) - Math.min(1, dataBytes);
      default -> entries.set(at, otherNumber(entry));
    }
  }

  /** An entry with another number in one place. */
  private String otherNumber(String entry) {
    int from = random.nextInt(entry.length());
    while (from < entry.length() && !Character.isDigit(entry.charAt(from))) {
      from++;
    }
    int to = from;
    while (to < entry.length() && Character.isDigit(entry.charAt(to))) {
      to++;
    }
    String number = random.nextBoolean() ? pick(NUMBERS) : Integer.toString(random.nextInt(40));
    return entry.substring(0, from) + number + entry.substring(to);
  }

  private String pick(String... words) {
    return words[random.nextInt(words.length)];
  }

  private byte[] header() {
    String space = random.nextInt(8) == 0 ? " \n" : "";
    String text = "{" + space + String.join(space + ",", entries) + space + "}";
    text += " ".repeat(random.nextInt(4000) == 0 ? 1 << 20 : random.nextInt(8));
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private byte[] file(byte[] header, int data) {
    ByteBuffer file = ByteBuffer.allocate(8 + header.length + data).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header);
    while (file.hasRemaining()) {
      file.put((byte) random.nextInt());
    }
    return file.array();
  }

  private byte[] damageBytes(byte[] file, int header) {
    if (file.length == 0) {
      return file;
    }
    // Mostly in the header: damage to the data goes unseen, as it must.
    int at =
        random.nextInt(4) == 0
            ? random.nextInt(file.length)
            : Math.min(file.length - 1, 8 + random.nextInt(header));
    switch (random.nextInt(9)) {
      case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> file[at] = (byte) random.nextInt();
      case 2, 3 -> file[at] = MARKS[random.nextInt(MARKS.length)];
      case 4 -> file = Arrays.copyOf(file, at);
      case 5 -> file = Arrays.copyOf(file, file.length + random.nextInt(9));
      case 6 -> {
        int length = Math.min(random.nextInt(24), file.length - at);
        System.arraycopy(file, random.nextInt(file.length - length + 1), file, at, length);
      }
      case 7 -> file = inserted(file, at);
      default -> {
        if (file.length >= 8) {
          ByteBuffer start = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
          start.putLong(
              0,
              random.nextBoolean()
                  ? LENGTHS[random.nextInt(LENGTHS.length)]
                  : start.getLong(0) + random.nextInt(9) - 4);
        }
      }
    }
    return file;
  }

  private byte[] inserted(byte[] file, int at) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(file.length + 4);
    out.write(file, 0, at);
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      out.write(MARKS[random.nextInt(MARKS.length)]);
    }
    out.write(file, at, file.length - at);
    return out.toByteArray();
  }
}
