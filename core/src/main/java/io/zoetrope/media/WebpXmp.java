package io.zoetrope.media;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Texts in a WebP: an XMP packet in a chunk of its own behind the frames (WebP container
 * specification, "Extended file format").
 */
final class WebpXmp {
  /** "RIFF", length, "WEBP". */
  private static final int HEADER = 12;

  private static final int VP8X = 0x56503858;

  /** Bytes of the chunk VP8X, with its own name and length; and where its flags are. */
  private static final int EXTENDED = 18;

  private static final int FLAGS = HEADER + 8;

  private static final int HAS_XMP = 4;
  private static final int HAS_ALPHA = 16;

  private WebpXmp() {}

  /** Adds texts to a file that has none. Its frames stay as they are. */
  static void add(Path path, VideoMetadata metadata) throws IOException {
    byte[] packet = XmpPacket.write(metadata);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(HEADER);
      if (file.readInt() != VP8X) {
        extend(file);
      }
      file.seek(FLAGS);
      int flags = file.readUnsignedByte();
      file.seek(FLAGS);
      file.write(flags | HAS_XMP);
      ByteBuffer chunk = little(8 + packet.length + (packet.length & 1));
      file.seek(file.length());
      file.write(chunk.put(ascii("XMP ")).putInt(packet.length).put(packet).array());
      if (file.length() - 8 > 0xFFFF_FFFFL) {
        throw new IOException("a .webp cannot be longer than 4 GiB");
      }
      file.seek(4);
      file.write(little(4).putInt((int) (file.length() - 8)).array());
    }
  }

  /** Makes a file of one plain picture one that can hold more. */
  private static void extend(RandomAccessFile file) throws IOException {
    byte[] picture = new byte[Math.toIntExact(file.length() - HEADER)];
    file.seek(HEADER);
    file.readFully(picture);
    file.seek(HEADER);
    file.write(extension(ByteBuffer.wrap(picture).order(ByteOrder.LITTLE_ENDIAN)));
    file.write(picture);
  }

  /**
   * Size and flags.
   *
   * @param picture its chunk
   */
  private static byte[] extension(ByteBuffer picture) {
    boolean alpha = false;
    int width;
    int height;
    if (picture.get(3) == 'L') { // a signature, then 14 bits of width - 1, 14 of height - 1, alpha
      int bits = picture.getInt(9);
      width = bits & 0x3fff;
      height = bits >>> 14 & 0x3fff;
      alpha = (bits >>> 28 & 1) != 0;
    } else { // RFC 6386, section 9.1: a tag and a start code of 3 bytes each, then 14 bits of each
      width = (picture.getShort(14) & 0x3fff) - 1;
      height = (picture.getShort(16) & 0x3fff) - 1;
    }
    ByteBuffer chunk = little(EXTENDED).put(ascii("VP8X")).putInt(10);
    chunk.putInt(alpha ? HAS_ALPHA : 0);
    chunk.putShort((short) width).put((byte) 0); // 24 bits, of which a picture uses 14
    return chunk.putShort((short) height).put((byte) 0).array();
  }

  static void read(DataInputStream file, MetadataReader out) throws IOException {
    file.skipNBytes(4);
    long left = Integer.toUnsignedLong(Integer.reverseBytes(file.readInt())) - 4;
    file.skipNBytes(4);
    while (left >= 8) {
      byte[] name = file.readNBytes(4);
      long length = Integer.toUnsignedLong(Integer.reverseBytes(file.readInt()));
      if (name.length < 4) {
        throw new EOFException();
      }
      if (new String(name, StandardCharsets.US_ASCII).equals("XMP ")) {
        XmpPacket.read(out.bytes(file, length), out);
        return;
      }
      long padded = length + (length & 1);
      file.skipNBytes(padded);
      left -= 8 + padded;
    }
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] ascii(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }
}
