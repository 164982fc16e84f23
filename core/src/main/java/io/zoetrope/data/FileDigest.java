package io.zoetrope.data;

import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a file hashes to: all of its content, for a time of change can be brought along by copying.
 */
final class FileDigest {
  private static final int BUFFER = 1 << 20;

  private FileDigest() {}

  /**
   * SHA-256 in lower-case digits.
   *
   * @throws io.zoetrope.torch.UserError if the file cannot be read
   */
  static String of(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[BUFFER];
      int count = in.read(buffer);
      while (count >= 0) {
        digest.update(buffer, 0, count);
        count = in.read(buffer);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", file, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
