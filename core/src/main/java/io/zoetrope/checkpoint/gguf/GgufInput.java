package io.zoetrope.checkpoint.gguf;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * The head of a GGUF file, read forwards. Nothing is allocated for what the file claims before so
 * many bytes are known to follow.
 */
final class GgufInput {
  private final String what;
  private final SeekableByteChannel channel;
  private final long size;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private long filled;

  /**
   * @param what names the file in errors
   * @param channel at its beginning
   */
  GgufInput(String what, SeekableByteChannel channel) throws IOException {
    this.what = what;
    this.channel = channel;
    this.size = channel.size();
  }

  /** Bytes of the whole file. */
  long size() {
    return size;
  }

  /** How many bytes have been read. */
  long position() {
    return filled - buffer.remaining();
  }

  private long left() {
    return size - position();
  }

  UserError bad(String cause) {
    return bad(what, cause);
  }

  static UserError bad(String what, String cause) {
    return new UserError(Fault.DAMAGED, what + " is not a good GGUF file: " + cause);
  }

  /** Text from a file, made fit for one line of a message. */
  static String clean(String text) {
    String line = text.length() <= 120 ? text : text.substring(0, 117) + "...";
    return line.replaceAll("\\p{C}", "?");
  }

  int u32(String where) {
    return need(4, where).getInt();
  }

  long u64(String where) {
    return need(8, where).getLong();
  }

  /**
   * How many of something follow.
   *
   * @param least bytes that each of them takes
   */
  int count(long least, String where) {
    return count(u64(where), least, where);
  }

  /** As above, of a number that was read. */
  int count(long claimed, long least, String where) {
    if (claimed < 0 || claimed > left() / least || claimed > Integer.MAX_VALUE - 16) {
      throw bad(
          "%s claims %s, and %s bytes follow"
              .formatted(where, Long.toUnsignedString(claimed), left()));
    }
    return (int) claimed;
  }

  byte[] bytes(int count, String where) {
    if (count > left()) {
      throw ends(where);
    }
    byte[] bytes = new byte[count];
    for (int at = 0; at < count; ) {
      int n = Math.min(count - at, need(1, where).remaining());
      buffer.get(bytes, at, n);
      at += n;
    }
    return bytes;
  }

  /** A name: UTF-8, of at most 65535 bytes. */
  String name(String where) {
    int length = count(1, where);
    if (length > 0xffff) {
      throw bad("%s has %s bytes; the longest allowed has 65535".formatted(where, length));
    }
    byte[] bytes = bytes(length, where);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw bad(where + " is not UTF-8");
    }
  }

  /** A text; what is not UTF-8 in it becomes U+FFFD. */
  String text(String where) {
    return new String(bytes(count(1, where), where), StandardCharsets.UTF_8);
  }

  /** The buffer with at least so many bytes in it. */
  private ByteBuffer need(int bytes, String where) {
    if (buffer.remaining() < bytes) {
      buffer.compact();
      try {
        while (buffer.position() < bytes) {
          int n = channel.read(buffer);
          if (n < 0) {
            throw ends(where);
          }
          filled += n;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      buffer.flip();
    }
    return buffer;
  }

  private UserError ends(String where) {
    return bad("it ends within " + where);
  }
}
