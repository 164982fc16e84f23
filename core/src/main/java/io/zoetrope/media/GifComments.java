package io.zoetrope.media;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Texts in a GIF: comment extensions, one for each (GIF89a specification, section 24). They have no
 * keys there, so a text is written as {@code key=text}; that of {@link VideoMetadata#COMMENT} as it
 * is, where it could not be taken for another's.
 */
final class GifComments {
  private static final Pattern KEYED =
      Pattern.compile("([a-z][a-z0-9_]{0,63})=(.*)", Pattern.DOTALL);
  private static final int MOST_IN_BLOCK = 255;

  private GifComments() {}

  /** Of the header, with the colour table if there is one. */
  private static int headerLength(byte[] file) {
    int flags = file[10];
    return 13 + ((flags & 0x80) == 0 ? 0 : 3 * (2 << (flags & 7)));
  }

  /** Comment extensions, ready to stand between other blocks. */
  private static byte[] blocks(VideoMetadata metadata) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    metadata
        .entries()
        .forEach((key, text) -> {
          boolean plain = key.equals(VideoMetadata.COMMENT) && !KEYED.matcher(text).matches();
          byte[] bytes = (plain ? text : key + "=" + text).getBytes(StandardCharsets.UTF_8);
          out.write(0x21);
          out.write(0xFE);
          for (int from = 0; from < bytes.length; from += MOST_IN_BLOCK) {
            int length = Math.min(MOST_IN_BLOCK, bytes.length - from);
            out.write(length);
            out.write(bytes, from, length);
          }
          out.write(0);
        });
    return out.toByteArray();
  }

  /** The first bytes of a GIF with comments behind its header. */
  static byte[] inserted(byte[] file, VideoMetadata metadata) {
    byte[] comments = blocks(metadata);
    int header = headerLength(file);
    return ByteBuffer.allocate(file.length + comments.length)
        .put(file, 0, header)
        .put(comments)
        .put(file, header, file.length - header)
        .array();
  }

  /** Walks the blocks; those of pixels are passed over (appendix A). */
  static void read(DataInputStream file, MetadataReader out) throws IOException {
    file.skipNBytes(10);
    MediaFiles.skipPalette(file, file.readUnsignedByte(), 2);
    while (true) {
      switch (file.readUnsignedByte()) {
        case 0x3B -> {
          return;
        }
        case 0x21 -> {
          if (file.readUnsignedByte() == 0xFE) {
            put(MetadataReader.text(comment(file, out)), out);
            continue;
          }
        }
        case 0x2C -> {
          file.skipNBytes(8);
          MediaFiles.skipPalette(file, file.readUnsignedByte(), 1);
        }
        default -> throw new EOFException();
      }
      for (int n = file.readUnsignedByte(); n > 0; n = file.readUnsignedByte()) {
        file.skipNBytes(n);
      }
    }
  }

  private static byte[] comment(DataInputStream file, MetadataReader out) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int n = file.readUnsignedByte(); n > 0; n = file.readUnsignedByte()) {
      text.write(out.bytes(file, n));
    }
    return text.toByteArray();
  }

  private static void put(String text, MetadataReader out) {
    Matcher keyed = KEYED.matcher(text);
    if (keyed.matches()) {
      out.put(keyed.group(1), keyed.group(2));
    } else {
      out.put(VideoMetadata.COMMENT, text);
    }
  }
}
