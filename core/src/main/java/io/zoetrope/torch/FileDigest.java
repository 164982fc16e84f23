package io.zoetrope.torch;

import io.zoetrope.error.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What files hash to: SHA-256, in 64 lower-case digits. */
public final class FileDigest {
  private static final int BUFFER = 1 << 20;

  private FileDigest() {}

  /**
   * Of all of a file's content: a time of change can be brought along by copying.
   *
   * @throws UserError if the file cannot be read
   */
  public static String of(Path file) {
    MessageDigest digest = sha256();
    try {
      add(digest, file);
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", file, e);
    }
    return text(digest);
  }

  /** Takes in all of a file's content. */
  public static void add(MessageDigest digest, Path file) throws IOException {
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
      while (in.read(buffer.clear()) >= 0) {
        digest.update(buffer.flip());
      }
    }
  }

  /** One that nothing was taken into. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Its digits; it is empty afterwards. */
  public static String text(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
