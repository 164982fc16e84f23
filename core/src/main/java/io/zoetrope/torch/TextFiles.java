package io.zoetrope.torch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Text as people's editors save it: UTF-8 with or without a byte order mark, or UTF-16 with one, as
 * PowerShell and Excel write. The mark is no part of the text.
 */
public final class TextFiles {
  private static final char MARK = '\ufeff';

  private TextFiles() {}

  /**
   * Reads a file.
   *
   * @throws java.nio.charset.CharacterCodingException if it is no such text
   */
  public static String read(Path file) throws IOException {
    return decode(Files.readAllBytes(file), CodingErrorAction.REPORT);
  }

  /** As {@link #read}, with U+FFFD for what is no text: for those whose parser says where. */
  public static String lenient(Path file) throws IOException {
    return decode(Files.readAllBytes(file), CodingErrorAction.REPLACE);
  }

  /** A text without the mark at its beginning. */
  public static String unmarked(String text) {
    return !text.isEmpty() && text.charAt(0) == MARK ? text.substring(1) : text;
  }

  private static String decode(byte[] bytes, CodingErrorAction otherwise) throws IOException {
    return unmarked(
        charset(bytes)
            .newDecoder()
            .onMalformedInput(otherwise)
            .onUnmappableCharacter(otherwise)
            .decode(ByteBuffer.wrap(bytes))
            .toString());
  }

  private static Charset charset(byte[] bytes) {
    int first = bytes.length < 2 ? 0 : (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
    return switch (first) {
      case 0xfffe -> StandardCharsets.UTF_16LE;
      case 0xfeff -> StandardCharsets.UTF_16BE;
      default -> StandardCharsets.UTF_8;
    };
  }
}
