package io.zoetrope.server;

import io.zoetrope.jobs.Input;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.worker.MediaException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Looks at the first bytes of a file, which is enough for tests: PNG, and what says that it is MP4.
 */
public final class SmallLook implements Jobs.Look {
  @Override
  public Input at(Path file, String sha256, long bytes) {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(24);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (text.startsWith("\u0089PNG") && head.length == 24) {
      ByteBuffer size = ByteBuffer.wrap(head, 16, 8);
      return input(sha256, bytes, "png", size.getInt(), size.getInt(), Optional.empty());
    }
    if (text.length() > 8 && text.startsWith("ftyp", 4)) {
      return input(sha256, bytes, "mp4", 128, 128, Optional.of(16L));
    }
    if (text.startsWith("plan")) {
      return input(sha256, bytes, "plan", 0, 0, Optional.empty());
    }
    throw new MediaException("invalid_media", "the file is no picture and no video that is read");
  }

  private static Input input(
      String sha256, long bytes, String kind, int width, int height, Optional<Long> frames) {
    return new Input(
        sha256, bytes, kind, width, height, frames, frames.map(count -> 8.0), Instant.now());
  }

  /** A file that begins as PNG does, and goes on with nothing. */
  public static byte[] png(int width, int height, int bytes) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13});
    all.writeBytes("IHDR".getBytes(StandardCharsets.US_ASCII));
    all.writeBytes(ByteBuffer.allocate(8).putInt(width).putInt(height).array());
    CRC32 sum = new CRC32();
    sum.update(all.toByteArray());
    all.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
    all.writeBytes(new byte[Math.max(0, bytes - all.size())]);
    return all.toByteArray();
  }

  /** A file that says that it is MP4. */
  public static byte[] mp4(int bytes) {
    byte[] all = new byte[Math.max(12, bytes)];
    System.arraycopy("ftypisom".getBytes(StandardCharsets.US_ASCII), 0, all, 4, 8);
    for (int i = 12; i < all.length; i++) {
      all[i] = (byte) i;
    }
    return all;
  }
}
