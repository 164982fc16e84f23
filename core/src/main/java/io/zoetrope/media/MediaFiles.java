package io.zoetrope.media;

import io.zoetrope.torch.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks at the first bytes of files that FFmpeg cannot open, to say why. */
final class MediaFiles {
  private MediaFiles() {}

  /** FFmpeg 8.0 has an encoder for animated WebP but no decoder. */
  static void refuseAnimatedWebp(Path path) {
    byte[] head = head(path, 30);
    // RIFF....WEBPVP8X, then its length, then flags: bit 1 says animated.
    boolean extended =
        head.length >= 21
            && ascii(head, 0, 4).equals("RIFF")
            && ascii(head, 8, 16).equals("WEBPVP8X");
    if (extended && (head[20] & 2) != 0) {
      throw new UserError(
          "'" + path + "' is an animated WebP, which cannot be read: convert it to .mp4 or .gif");
    }
  }

  /** One line about a file that would not open. */
  static String whyNotOpened(Path path, int code) {
    byte[] head = head(path, 16);
    if (head.length == 0) {
      return "'" + path + "' is empty";
    }
    if (head.length >= 8 && ascii(head, 4, 8).equals("ftyp")) {
      return "'" + path + "' is damaged or cut off: it has no index of its frames";
    }
    return "'%s' is not a video or picture that can be read (%s)"
        .formatted(path, Ffmpeg.text(code));
  }

  private static byte[] head(Path path, int bytes) {
    try (InputStream in = Files.newInputStream(path)) {
      return in.readNBytes(bytes);
    } catch (IOException e) {
      throw new UserError("cannot read '" + path + "': " + e.getMessage(), e);
    }
  }

  private static String ascii(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
