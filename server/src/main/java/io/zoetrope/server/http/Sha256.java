package io.zoetrope.server.http;

import io.zoetrope.torch.FileDigest;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** What texts and bytes hash to: SHA-256, in 64 lower-case digits. */
public final class Sha256 {
  private Sha256() {}

  /** Of a text in UTF-8. */
  public static String of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  public static String of(byte[] bytes) {
    return HexFormat.of().formatHex(FileDigest.sha256().digest(bytes));
  }
}
