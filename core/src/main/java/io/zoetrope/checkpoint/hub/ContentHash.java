package io.zoetrope.checkpoint.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the content of a file must hash to. The hub's ETag of a large file (LFS) is its SHA-256;
 * that of a small one is its name in git, the SHA-1 of {@code "blob SIZE\0"} and the content.
 *
 * @param hex lower-case digits
 */
record ContentHash(Kind kind, String hex) {
  private static final int BUFFER = 1 << 20;
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");

  /** How it is computed. */
  enum Kind {
    SHA256("SHA-256"),
    GIT_BLOB("SHA-1");

    private final String algorithm;

    Kind(String algorithm) {
      this.algorithm = algorithm;
    }
  }

  /** A hash by its length, or none: servers other than the hub may have ETags of any form. */
  static Optional<ContentHash> of(String etag) {
    if (SHA256.matcher(etag).matches()) {
      return Optional.of(new ContentHash(Kind.SHA256, etag));
    }
    return SHA1.matcher(etag).matches()
        ? Optional.of(new ContentHash(Kind.GIT_BLOB, etag))
        : Optional.empty();
  }

  /** Whether a file has it. Reads what is on the disk, not what came over the network. */
  boolean matches(Path file) throws IOException {
    MessageDigest digest = digest();
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      if (kind == Kind.GIT_BLOB) {
        digest.update(("blob " + in.size() + "\0").getBytes(StandardCharsets.US_ASCII));
      }
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
      while (in.read(buffer.clear()) >= 0) {
        digest.update(buffer.flip());
      }
    }
    return HexFormat.of().formatHex(digest.digest()).equals(hex);
  }

  private MessageDigest digest() {
    try {
      return MessageDigest.getInstance(kind.algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + kind.algorithm, e);
    }
  }
}
