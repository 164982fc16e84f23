package io.zoetrope.server.videos;

import io.zoetrope.server.http.HttpError;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/**
 * Bytes within a URL: {@code data:image/png;base64,iVBOR...}. What it says they are counts for
 * nothing.
 */
final class DataUrl {
  private DataUrl() {}

  static boolean is(String url) {
    return url.regionMatches(true, 0, "data:", 0, 5);
  }

  /** The bytes; empty if they are not in Base64. They are decoded as they are read. */
  static Optional<InputStream> open(String url) {
    int comma = url.indexOf(',');
    if (comma < 0
        || comma > 256
        || !url.substring(0, comma).toLowerCase(Locale.ROOT).endsWith(";base64")) {
      return Optional.empty();
    }
    return Optional.of(new Decoded(Base64.getDecoder().wrap(new Letters(url, comma + 1))));
  }

  /** Says what is wrong with the letters in words for who sent them. */
  private static final class Decoded extends FilterInputStream {
    Decoded(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      try {
        return super.read(into, offset, length);
      } catch (IOException e) {
        HttpError error = HttpError.of(400, "invalid_media", "the data: URL is not Base64");
        error.initCause(e);
        throw error;
      }
    }
  }

  /** Of a text, without a copy. */
  private static final class Letters extends InputStream {
    private final String text;
    private int at;

    Letters(String text, int from) {
      this.text = text;
      this.at = from;
    }

    @Override
    public int read() {
      return at < text.length() ? Math.min(text.charAt(at++), '\u007f') : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      int count = Math.min(length, text.length() - at);
      if (count <= 0) {
        return length == 0 ? 0 : -1;
      }
      byte[] part = text.substring(at, at + count).getBytes(StandardCharsets.ISO_8859_1);
      System.arraycopy(part, 0, into, offset, part.length);
      at += count;
      return count;
    }
  }
}
