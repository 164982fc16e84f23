package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.progress.Progress;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * PNG pictures, 8-bit sRGB, without AWT: starting that up costs more than most pictures do.
 *
 * <p>Source: W3C Portable Network Graphics, section 9 (filters) and 11 (chunks).
 */
public final class Png {
  private static final byte[] MAGIC = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int PIXEL = 3;

  private Png() {}

  /**
   * Writes a picture so that the file appears whole or not at all.
   *
   * @throws UserError if the file cannot be written
   */
  public static void write(Path path, Frame frame) {
    write(path, frame, VideoMetadata.NONE);
  }

  /** As {@link #write(Path, Frame)}, with text that the file carries. */
  public static void write(Path path, Frame frame, VideoMetadata metadata) {
    try (StagedOutput out = StagedOutput.file(path)) {
      out.fill(encode(frame, metadata));
      out.publish();
    }
  }

  /**
   * Reads any still picture that FFmpeg knows (PNG, JPEG, BMP, WebP, ...); transparent parts become
   * white.
   *
   * @throws UserError if there is no such file, or it is no picture
   */
  public static Frame read(Path path) {
    try (VideoReader reader = VideoReader.open(path)) {
      return reader.next().orElseThrow(() -> new UserError(Fault.DAMAGED, "no picture in " + path));
    }
  }

  /** The bytes of a PNG file. */
  public static byte[] encode(Frame frame) {
    return encode(frame, VideoMetadata.NONE);
  }

  /** As {@link #encode(Frame)}, with text before the pixels. */
  static byte[] encode(Frame frame, VideoMetadata metadata) {
    return encode(frame, metadata, Progress.NONE);
  }

  /**
   * As above; large pictures take seconds.
   *
   * @param progress may cancel
   */
  static byte[] encode(Frame frame, VideoMetadata metadata, Progress progress) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(frame.rgb().length / 2 + 128);
    out.writeBytes(MAGIC);
    ByteBuffer header = ByteBuffer.allocate(13).putInt(frame.width()).putInt(frame.height());
    header.put((byte) 8).put((byte) 2); // 8 bits a channel, RGB; rest 0: deflate, not interlaced
    chunk(out, "IHDR", header.array());
    chunk(out, "sRGB", new byte[] {0});
    PngTexts.chunks(metadata).forEach(text -> chunk(out, "iTXt", text));
    chunk(out, "IDAT", deflate(filter(frame, progress), progress));
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  /** Each row behind its filter type, chosen by the smallest sum of absolute differences. */
  private static byte[] filter(Frame frame, Progress progress) {
    int stride = frame.width() * PIXEL;
    byte[] rgb = frame.rgb();
    byte[] out = new byte[frame.height() * (stride + 1)];
    byte[] trial = new byte[stride];
    for (int y = 0; y < frame.height(); y++) {
      progress.requireGoing(y, frame.height());
      long best = Long.MAX_VALUE;
      for (int type = 0; type <= 4; type++) {
        long sum = 0;
        for (int i = 0; i < stride; i++) {
          int at = y * stride + i;
          int left = i < PIXEL ? 0 : rgb[at - PIXEL] & 0xff;
          int up = y == 0 ? 0 : rgb[at - stride] & 0xff;
          int corner = y == 0 || i < PIXEL ? 0 : rgb[at - stride - PIXEL] & 0xff;
          trial[i] = (byte) (rgb[at] - predict(type, left, up, corner));
          sum += Math.abs((int) trial[i]);
        }
        if (sum < best) {
          best = sum;
          out[y * (stride + 1)] = (byte) type;
          System.arraycopy(trial, 0, out, y * (stride + 1) + 1, stride);
        }
      }
    }
    return out;
  }

  private static int predict(int type, int left, int up, int corner) {
    return switch (type) {
      case 0 -> 0;
      case 1 -> left;
      case 2 -> up;
      case 3 -> (left + up) / 2;
      default -> {
        int p = left + up - corner;
        int dl = Math.abs(p - left);
        int du = Math.abs(p - up);
        int dc = Math.abs(p - corner);
        yield dl <= du && dl <= dc ? left : du <= dc ? up : corner;
      }
    };
  }

  private static byte[] deflate(byte[] data, Progress progress) {
    try (Deflater deflater = new Deflater()) {
      deflater.setInput(data);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream(data.length / 2 + 64);
      byte[] buffer = new byte[1 << 16];
      while (!deflater.finished()) {
        progress.requireGoing(deflater.getBytesRead(), data.length);
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    }
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    out.writeBytes(name);
    out.writeBytes(data);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
