package io.zoetrope.media;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * Where a GIF ends (GIF89a specification, appendices A and F). Many lack their trailer, or the
 * empty block behind the last picture; what counts is whether that picture has all of its pixels.
 */
final class GifEnd {
  private static final int TRAILER = 0x3B;
  private static final int IMAGE = 0x2C;
  private static final int EXTENSION = 0x21;
  private static final int GRAPHIC_CONTROL = 0xF9;

  private final DataInputStream in;

  private GifEnd(DataInputStream in) {
    this.in = in;
  }

  /**
   * Whether a picture is begun or announced that is not all there.
   *
   * @throws java.io.EOFException if the file ends within its header
   */
  static boolean early(DataInputStream in) throws IOException {
    in.skipNBytes(10);
    MediaFiles.skipPalette(in, in.readUnsignedByte(), 2);
    return new GifEnd(in).walk();
  }

  private boolean walk() throws IOException {
    boolean announced = false;
    while (true) {
      switch (in.read()) {
        case -1 -> {
          return announced;
        }
        case EXTENSION -> {
          announced |= in.read() == GRAPHIC_CONTROL;
          if (!skipBlocks()) {
            return announced;
          }
        }
        case IMAGE -> {
          if (!image()) {
            return true;
          }
          announced = false;
        }
        case TRAILER -> {
          return false;
        }
        default -> {
          return false; // a stray byte: leave the verdict to the decoder
        }
      }
    }
  }

  /** Up to and with the empty block; whether it came. */
  private boolean skipBlocks() throws IOException {
    for (int n = in.read(); n != 0; n = in.read()) {
      if (n < 0 || in.skip(n) < n) {
        return false;
      }
    }
    return true;
  }

  /** Reads a picture; whether all of it was there, though the file may end in or behind it. */
  private boolean image() throws IOException {
    byte[] descriptor = in.readNBytes(9);
    if (descriptor.length < 9) {
      return false;
    }
    int width = (descriptor[4] & 0xff) | (descriptor[5] & 0xff) << 8;
    int height = (descriptor[6] & 0xff) | (descriptor[7] & 0xff) << 8;
    MediaFiles.skipPalette(in, descriptor[8] & 0xff, 0);
    int root = in.read();
    LzwCount pixels = new LzwCount(Math.clamp(root, 1, 11));
    for (int n = in.read(); n != 0; n = in.read()) {
      byte[] block = in.readNBytes(Math.max(n, 0));
      pixels.feed(block);
      if (n < 0 || block.length < n) {
        return pixels.count() >= (long) width * height;
      }
    }
    return true;
  }

  /** Counts the pixels that LZW codes stand for, without making them. */
  private static final class LzwCount {
    private static final int MOST = 4096;
    private final int clear;
    private final int root;
    private final int[] length = new int[MOST];
    private int size;
    private int next;
    private int before = -1;
    private int bits;
    private int have;
    private boolean ended;
    private long count;

    LzwCount(int root) {
      this.root = root;
      clear = 1 << root;
      Arrays.fill(length, 0, clear, 1);
      clear();
    }

    private void clear() {
      size = root + 1;
      next = clear + 2;
      before = -1;
    }

    void feed(byte[] block) {
      for (byte b : block) {
        bits |= (b & 0xff) << have;
        have += 8;
        while (have >= size && !ended) {
          int code = bits & ((1 << size) - 1);
          bits >>>= size;
          have -= size;
          take(code);
        }
      }
    }

    private void take(int code) {
      if (code == clear) {
        clear();
      } else if (code == clear + 1 || code > next) {
        ended = true;
      } else {
        if (before >= 0 && next < MOST) {
          length[next++] = length[before] + 1;
          if (next == 1 << size && size < 12) {
            size++;
          }
        }
        count += length[code];
        before = code;
      }
    }

    long count() {
      return count;
    }
  }
}
