package io.zoetrope.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * 256 bits by chance, which nobody guesses: a plain SHA-256 of them may be kept.
 *
 * @param text as it is shown once
 */
record Secret(String text) {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A new one. */
  static Secret next(String prefix) {
    byte[] bits = new byte[32];
    RANDOM.nextBytes(bits);
    return new Secret(prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
  }

  Hash hash() {
    return hash(text);
  }

  /** Of what somebody says is a secret. */
  static Hash hash(String said) {
    return new Hash(Sha256.of(said));
  }

  /**
   * What is kept.
   *
   * @param text 64 digits
   */
  record Hash(String text) {
    /** In a time that says nothing of where they differ. */
    boolean same(Hash other) {
      return MessageDigest.isEqual(
          text.getBytes(StandardCharsets.US_ASCII), other.text.getBytes(StandardCharsets.US_ASCII));
    }
  }

  @Override
  public String toString() {
    return "a secret";
  }
}
