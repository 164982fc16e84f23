package io.zoetrope.media;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the frames of an animated WebP lie. FFmpeg decodes still ones only; an animation is a
 * sequence of those, each a part of a canvas (WebP container specification, "Animation").
 *
 * @param width of the canvas
 * @param height of the canvas
 * @param parts in the order in which they are shown
 * @param breaksOff whether the file ends before it says that it does
 */
record AnimatedWebp(int width, int height, List<Part> parts, boolean breaksOff) {
  private static final int ANIMATED = 2;
  private static final int HEAD = 16;

  /**
   * A picture that is put onto the canvas.
   *
   * @param offset of its chunks in the file
   * @param length of those in bytes
   * @param x from the left
   * @param y from the top
   * @param millis how long it is shown; 0 where nothing is said
   * @param clears whether its place is transparent again afterwards
   * @param replaces whether it also replaces what it is transparent over
   */
  record Part(
      long offset,
      int length,
      int x,
      int y,
      int width,
      int height,
      int millis,
      boolean clears,
      boolean replaces) {}

  /** Whether a file is one, by its first bytes. */
  static boolean is(Path path) {
    byte[] head = MediaFiles.head(path, 21);
    String text = MediaFiles.ascii(head);
    // RIFF....WEBPVP8X, then its length, then flags.
    return head.length == 21
        && text.startsWith("RIFF")
        && text.startsWith("WEBPVP8X", 8)
        && (head[20] & ANIMATED) != 0;
  }

  /** Walks the chunks of a file. */
  static AnimatedWebp of(RandomAccessFile file) throws IOException {
    byte[] head = new byte[30];
    file.readFully(head);
    ByteBuffer bytes = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    long stated = (bytes.getInt(4) & 0xffffffffL) + 8;
    long end = Math.min(stated, file.length());
    List<Part> parts = new ArrayList<>();
    boolean whole = stated <= file.length();
    boolean texts = false;
    for (long at = 30; at + 8 <= end; ) {
      byte[] chunk = read(file, at, (int) Math.min(8 + HEAD, end - at));
      ByteBuffer c = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
      long length = c.getInt(4) & 0xffffffffL;
      String name = new String(chunk, 0, 4, StandardCharsets.ISO_8859_1);
      texts = name.equals("EXIF") || name.equals("XMP "); // behind all frames
      if (name.equals("ANMF") && length >= HEAD && at + 8 + length <= file.length()) {
        parts.add(part(c, at + 8 + HEAD, (int) Math.min(length - HEAD, Integer.MAX_VALUE)));
      }
      at += 8 + length + length % 2;
    }
    return new AnimatedWebp(1 + u24(bytes, 24), 1 + u24(bytes, 27), parts, !whole && !texts);
  }

  private static Part part(ByteBuffer chunk, long offset, int length) {
    int flags = chunk.get(23);
    return new Part(
        offset,
        length,
        2 * u24(chunk, 8),
        2 * u24(chunk, 11),
        1 + u24(chunk, 14),
        1 + u24(chunk, 17),
        u24(chunk, 20),
        (flags & 1) != 0,
        (flags & 2) != 0);
  }

  private static int u24(ByteBuffer bytes, int at) {
    return (bytes.get(at) & 0xff)
        | (bytes.get(at + 1) & 0xff) << 8
        | (bytes.get(at + 2) & 0xff) << 16;
  }

  /** A part as a file of its own, as FFmpeg reads it. */
  static byte[] still(RandomAccessFile file, Part part) throws IOException {
    byte[] chunks = read(file, part.offset(), part.length());
    boolean alpha = MediaFiles.ascii(chunks).startsWith("ALPH");
    int head = alpha ? 18 : 0;
    ByteBuffer still = ByteBuffer.allocate(12 + head + chunks.length);
    still.order(ByteOrder.LITTLE_ENDIAN);
    still.put(ascii("RIFF")).putInt(still.capacity() - 8).put(ascii("WEBP"));
    if (alpha) {
      still.put(ascii("VP8X")).putInt(10).putInt(0x10);
      put24(still, part.width() - 1);
      put24(still, part.height() - 1);
    }
    return still.put(chunks).array();
  }

  private static void put24(ByteBuffer to, int value) {
    to.putShort((short) value).put((byte) (value >> 16));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] read(RandomAccessFile file, long at, int length) throws IOException {
    if (at + length > file.length()) {
      throw new EOFException();
    }
    byte[] bytes = new byte[length];
    file.seek(at);
    file.readFully(bytes);
    return bytes;
  }
}
