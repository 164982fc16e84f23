package io.zoetrope.media;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * JPEG pictures in fine quality. Text stands in them as XMP, in the segment that other programs
 * look for (ISO 16684-3, 6.2.1).
 */
final class Jpeg {
  private static final float QUALITY = 0.95f;

  /** SOI, and the marker and length of a segment. */
  private static final int START = 2;

  private static final int APP1 = 0xE1;
  private static final byte[] XMP =
      "http://ns.adobe.com/xap/1.0/\0".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] PART = "urn:zoetrope:xmp\0".getBytes(StandardCharsets.US_ASCII);

  private static final int LONGEST_SEGMENT = 65_533;

  private Jpeg() {}

  /** The bytes of a file. */
  static byte[] encode(Frame frame, VideoMetadata metadata) {
    byte[] segment = segments(metadata);
    byte[] plain = plain(frame);
    // Behind the segment that says JFIF, where there is one.
    ByteBuffer view = ByteBuffer.wrap(plain);
    int at = view.getShort(START) == (short) 0xFFE0 ? START + 2 + view.getShort(START + 2) : START;
    ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length + segment.length);
    out.write(plain, 0, at);
    out.writeBytes(segment);
    out.write(plain, at, plain.length - at);
    return out.toByteArray();
  }

  private static byte[] plain(Frame frame) {
    int width = frame.width();
    BufferedImage image = new BufferedImage(width, frame.height(), BufferedImage.TYPE_3BYTE_BGR);
    byte[] rgb = frame.rgb();
    int[] row = new int[width];
    for (int y = 0; y < frame.height(); y++) {
      for (int x = 0; x < width; x++) {
        int i = 3 * (y * width + x);
        row[x] = (rgb[i] & 0xff) << 16 | (rgb[i + 1] & 0xff) << 8 | (rgb[i + 2] & 0xff);
      }
      image.setRGB(0, y, width, 1, row, 0, width);
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream to = new MemoryCacheImageOutputStream(out)) {
      ImageWriteParam how = writer.getDefaultWriteParam();
      how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      how.setCompressionQuality(QUALITY);
      writer.setOutput(to);
      writer.write(null, new IIOImage(image, null, null), how);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  /** One segment, or of long texts several of a kind of our own. */
  private static byte[] segments(VideoMetadata metadata) {
    if (metadata.isEmpty()) {
      return new byte[0];
    }
    byte[] packet = XmpPacket.write(metadata);
    ByteArrayOutputStream out = new ByteArrayOutputStream(packet.length + 128);
    byte[] name = XMP.length + packet.length <= LONGEST_SEGMENT ? XMP : PART;
    int step = LONGEST_SEGMENT - name.length;
    for (int from = 0; from < packet.length; from += step) {
      int length = Math.min(step, packet.length - from);
      out.writeBytes(
          ByteBuffer.allocate(4 + name.length + length)
              .put((byte) 0xFF)
              .put((byte) APP1)
              .putShort((short) (2 + name.length + length))
              .put(name)
              .put(packet, from, length)
              .array());
    }
    return out.toByteArray();
  }

  /**
   * Takes the texts of a segment.
   *
   * @param marker of it
   * @param length of what stands in it, in bytes
   * @param parts where those of long texts are gathered
   * @return whether it was one with texts, and is read
   */
  static boolean read(
      DataInputStream file, int marker, int length, ByteArrayOutputStream parts, MetadataReader out)
      throws IOException {
    if (marker != APP1) {
      return false;
    }
    byte[] data = out.bytes(file, length);
    if (begins(data, XMP)) {
      packet(Arrays.copyOfRange(data, XMP.length, length), out);
    } else if (begins(data, PART)) {
      parts.write(data, PART.length, length - PART.length);
    }
    return true;
  }

  private static boolean begins(byte[] data, byte[] name) {
    return data.length >= name.length && Arrays.equals(data, 0, name.length, name, 0, name.length);
  }

  /** Takes the texts of a packet. */
  static void packet(byte[] packet, MetadataReader out) {
    try {
      XmpPacket.read(packet, out);
    } catch (EOFException e) {
      // A picture is none the worse for texts that make no sense.
    }
  }
}
