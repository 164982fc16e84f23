package io.zoetrope.media;

import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;
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

  private static final int LONGEST_SEGMENT = 65_533;

  private Jpeg() {}

  /**
   * Fails if a file cannot carry so much text.
   *
   * @throws UserError naming the mend
   */
  static void check(VideoMetadata metadata) {
    segment(metadata);
  }

  /** The bytes of a file. */
  static byte[] encode(Frame frame, VideoMetadata metadata) {
    byte[] segment = segment(metadata);
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

  private static byte[] segment(VideoMetadata metadata) {
    if (metadata.isEmpty()) {
      return new byte[0];
    }
    byte[] packet = XmpPacket.write(metadata);
    int length = XMP.length + packet.length;
    if (length > LONGEST_SEGMENT) {
      throw new UserError(
          Fault.TOO_LARGE,
          "a .jpg carries at most %s bytes of text, and these are %s"
              .formatted(LONGEST_SEGMENT, length),
          "write .png");
    }
    return ByteBuffer.allocate(4 + length)
        .put((byte) 0xFF)
        .put((byte) APP1)
        .putShort((short) (length + 2))
        .put(XMP)
        .put(packet)
        .array();
  }

  /**
   * Takes the texts of a segment.
   *
   * @param marker of it
   * @param length of what stands in it, in bytes
   * @return whether it was one with texts, and is read
   */
  static boolean read(DataInputStream file, int marker, int length, MetadataReader out)
      throws IOException {
    if (marker != APP1 || length <= XMP.length) {
      return false;
    }
    byte[] data = out.bytes(file, length);
    if (Arrays.equals(data, 0, XMP.length, XMP, 0, XMP.length)) {
      try {
        XmpPacket.read(Arrays.copyOfRange(data, XMP.length, length), out);
      } catch (EOFException e) {
        // A picture is none the worse for texts that make no sense.
      }
    }
    return true;
  }
}
