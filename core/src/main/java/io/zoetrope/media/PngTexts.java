package io.zoetrope.media;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * Texts in a PNG: written as {@code iTXt}, read as {@code tEXt} and {@code zTXt} too (W3C Portable
 * Network Graphics, section 11.3.3).
 */
final class PngTexts {
  /** Keywords that the specification defines; others are written as the keys are. */
  private static final Map<String, String> KEYWORDS =
      Map.of(
          VideoMetadata.TITLE, "Title",
          VideoMetadata.COMMENT, "Comment",
          VideoMetadata.SOFTWARE, "Software");

  private static final int MAGIC = 8;
  private static final int END = type("IEND");
  private static final int LATIN = type("tEXt");
  private static final int LATIN_PACKED = type("zTXt");
  private static final int UNICODE = type("iTXt");

  private PngTexts() {}

  /** The data of the {@code iTXt} chunks: UTF-8, not compressed, so that any tool finds it. */
  static List<byte[]> chunks(VideoMetadata metadata) {
    return metadata.entries().entrySet().stream()
        .map(e -> {
          byte[] keyword =
              KEYWORDS.getOrDefault(e.getKey(), e.getKey()).getBytes(StandardCharsets.ISO_8859_1);
          byte[] text = e.getValue().getBytes(StandardCharsets.UTF_8);
          // Behind the keyword: its end, not compressed, no method, no language, no translation.
          return ByteBuffer.allocate(keyword.length + 5 + text.length)
              .put(keyword)
              .put(new byte[5])
              .put(text)
              .array();
        })
        .toList();
  }

  /** Walks the chunks; those of pixels are passed over. */
  static void read(DataInputStream file, MetadataReader out) throws IOException {
    file.skipNBytes(MAGIC);
    while (true) {
      long length = Integer.toUnsignedLong(file.readInt());
      int type = file.readInt();
      if (type == END) {
        return;
      }
      if (type != UNICODE && type != LATIN && type != LATIN_PACKED) {
        file.skipNBytes(length + Integer.BYTES);
        continue;
      }
      byte[] data = out.bytes(file, length);
      CRC32 crc = new CRC32();
      crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(type).array());
      crc.update(data);
      if (file.readInt() != (int) crc.getValue()) {
        throw new EOFException();
      }
      ByteBuffer in = ByteBuffer.wrap(data);
      String keyword = untilNul(in);
      if (type == LATIN) {
        out.put(keyword, new String(rest(in), StandardCharsets.ISO_8859_1));
      } else if (type == LATIN_PACKED) {
        next(in);
        out.put(keyword, new String(unpacked(rest(in), out), StandardCharsets.ISO_8859_1));
      } else {
        boolean packed = next(in) != 0;
        next(in);
        untilNul(in);
        untilNul(in);
        byte[] text = packed ? unpacked(rest(in), out) : rest(in);
        out.put(keyword, new String(text, StandardCharsets.UTF_8));
      }
    }
  }

  private static String untilNul(ByteBuffer in) throws EOFException {
    int from = in.position();
    while (next(in) != 0) {}
    return new String(in.array(), from, in.position() - 1 - from, StandardCharsets.ISO_8859_1);
  }

  private static byte next(ByteBuffer in) throws EOFException {
    if (!in.hasRemaining()) {
      throw new EOFException();
    }
    return in.get();
  }

  private static byte[] rest(ByteBuffer in) {
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return bytes;
  }

  /** Inflates no more than there is room for: a few bytes can unfold to any number. */
  private static byte[] unpacked(byte[] packed, MetadataReader out) throws IOException {
    try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(packed))) {
      byte[] text = in.readNBytes(VideoMetadata.MOST_BYTES + 1);
      out.take(text.length);
      return text;
    } catch (ZipException e) {
      throw new EOFException();
    }
  }

  private static int type(String name) {
    return ByteBuffer.wrap(name.getBytes(StandardCharsets.US_ASCII)).getInt();
  }
}
