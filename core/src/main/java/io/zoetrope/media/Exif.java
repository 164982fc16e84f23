package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * How a camera was held, from the EXIF data of a still picture. FFmpeg looks at that of JPEG only,
 * and only when it decodes.
 *
 * <p>Sources: CIPA DC-008 (Exif 2.32), 4.6.4 and 4.7.2; W3C PNG third edition, 11.3.2.5 (eXIf);
 * WebP container specification (EXIF chunk).
 */
final class Exif {
  private static final Set<String> FORMATS =
      Set.of("jpeg_pipe", "image2", "png_pipe", "apng", "webp_pipe", "tiff_pipe");
  private static final int ORIENTATION = 0x0112;
  private static final int SHORT = 3;
  private static final byte[] LEAD = "Exif\0\0".getBytes(StandardCharsets.ISO_8859_1);

  /** More than the directory of any camera, thumbnail and all. */
  private static final int MOST = 1 << 20;

  private Exif() {}

  /** Whether this says all that there is to say about how pictures of a format are turned. */
  static boolean reads(String demuxer) {
    return FORMATS.contains(demuxer);
  }

  /** What a file of one of FFmpeg's still picture formats says; upright if nothing. */
  static Orientation orientation(Path path, String demuxer) {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
      Optional<ByteBuffer> exif =
          switch (demuxer) {
            case "jpeg_pipe", "image2" -> jpeg(in);
            case "png_pipe", "apng" -> png(in);
            case "webp_pipe" -> webp(in);
            case "tiff_pipe" -> Optional.of(mapped(path));
            default -> Optional.empty();
          };
      return exif.map(Exif::of).orElse(Orientation.UPRIGHT);
    } catch (EOFException e) {
      return Orientation.UPRIGHT; // who decodes it will say that it breaks off
    } catch (IOException e) {
      throw new UserError(Fault.NO_ACCESS, "cannot read '" + path + "': " + e.getMessage(), e);
    }
  }

  private static Optional<ByteBuffer> jpeg(DataInputStream in) throws IOException {
    if (in.readUnsignedShort() != 0xFFD8) {
      return Optional.empty();
    }
    while (true) {
      int marker = in.readUnsignedShort();
      if (marker < 0xFFC0 || marker == 0xFFDA || marker == 0xFFD9) {
        return Optional.empty();
      }
      byte[] segment = exactly(in, in.readUnsignedShort() - 2);
      if (marker == 0xFFE1 && leads(segment)) {
        return Optional.of(ByteBuffer.wrap(segment));
      }
    }
  }

  private static Optional<ByteBuffer> png(DataInputStream in) throws IOException {
    in.skipNBytes(8);
    while (true) {
      long length = in.readInt() & 0xffffffffL;
      String type = text(exactly(in, 4));
      if (type.equals("eXIf") && length <= MOST) {
        return Optional.of(ByteBuffer.wrap(exactly(in, (int) length)));
      }
      if (type.equals("IEND")) {
        return Optional.empty();
      }
      in.skipNBytes(length + 4);
    }
  }

  private static Optional<ByteBuffer> webp(DataInputStream in) throws IOException {
    in.skipNBytes(12);
    while (true) {
      String type = text(exactly(in, 4));
      long length = Integer.reverseBytes(in.readInt()) & 0xffffffffL;
      if (type.equals("EXIF") && length <= MOST) {
        return Optional.of(ByteBuffer.wrap(exactly(in, (int) length)));
      }
      in.skipNBytes(length + length % 2);
    }
  }

  /** The directory of a TIFF may lie at its end. */
  private static ByteBuffer mapped(Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path)) {
      return file.map(MapMode.READ_ONLY, 0, Math.min(file.size(), Integer.MAX_VALUE));
    }
  }

  private static byte[] exactly(InputStream in, int bytes) throws IOException {
    byte[] read = in.readNBytes(Math.max(bytes, 0));
    if (read.length < bytes) {
      throw new EOFException();
    }
    return read;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static boolean leads(byte[] bytes) {
    return bytes.length >= LEAD.length
        && Arrays.equals(bytes, 0, LEAD.length, LEAD, 0, LEAD.length);
  }

  /** Of the bytes of a TIFF, with or without the lead of JPEG; upright if they make no sense. */
  static Orientation of(ByteBuffer exif) {
    byte[] head = new byte[Math.min(LEAD.length, exif.limit())];
    exif.get(0, head);
    int start = leads(head) ? LEAD.length : 0;
    ByteBuffer tiff = exif.slice(start, exif.limit() - start);
    if (tiff.remaining() < 8) {
      return Orientation.UPRIGHT;
    }
    int order = tiff.getShort(0);
    if (order != 0x4949 && order != 0x4D4D) {
      return Orientation.UPRIGHT;
    }
    tiff.order(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long directory = tiff.getInt(4) & 0xffffffffL;
    if (tiff.getShort(2) != 42 || directory + 2 > tiff.limit()) {
      return Orientation.UPRIGHT;
    }
    int entries = tiff.getShort((int) directory) & 0xffff;
    for (int i = 0; i < entries; i++) {
      long at = directory + 2 + 12L * i;
      if (at + 12 > tiff.limit()) {
        return Orientation.UPRIGHT;
      }
      int entry = (int) at;
      if ((tiff.getShort(entry) & 0xffff) == ORIENTATION && tiff.getShort(entry + 2) == SHORT) {
        return Orientation.ofExif(tiff.getShort(entry + 8));
      }
    }
    return Orientation.UPRIGHT;
  }
}
