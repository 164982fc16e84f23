package io.zoetrope.checkpoint.gguf;

/**
 * What {@link Blocks} does with tensors on any device, as loops over one block, for the processor:
 * in the same order, to the same bits, and several times as fast.
 */
final class BlockLoops {
  private BlockLoops() {}

  static void q8_0(byte[] b, int at, float[] out, int to) {
    float d = half(b, at);
    for (int i = 0; i < 32; i++) {
      out[to + i] = b[at + 2 + i] * d;
    }
  }

  static void q4_0(byte[] b, int at, float[] out, int to) {
    float d = half(b, at);
    for (int i = 0; i < 16; i++) {
      out[to + i] = d * ((b[at + 2 + i] & 15) - 8);
    }
    for (int i = 0; i < 16; i++) {
      out[to + 16 + i] = d * ((b[at + 2 + i] >> 4 & 15) - 8);
    }
  }

  static void q5_0(byte[] b, int at, float[] out, int to) {
    float d = half(b, at);
    int high = word(b, at + 2);
    for (int i = 0; i < 16; i++) {
      out[to + i] = d * ((b[at + 6 + i] & 15 | (high >>> i & 1) << 4) - 16);
    }
    for (int i = 0; i < 16; i++) {
      out[to + 16 + i] = d * ((b[at + 6 + i] >> 4 & 15 | (high >>> i + 16 & 1) << 4) - 16);
    }
  }

  static void q4_1(byte[] b, int at, float[] out, int to) {
    float d = half(b, at);
    float m = half(b, at + 2);
    for (int i = 0; i < 16; i++) {
      out[to + i] = d * (b[at + 4 + i] & 15) + m;
    }
    for (int i = 0; i < 16; i++) {
      out[to + 16 + i] = d * (b[at + 4 + i] >> 4 & 15) + m;
    }
  }

  static void q5_1(byte[] b, int at, float[] out, int to) {
    float d = half(b, at);
    float m = half(b, at + 2);
    int high = word(b, at + 4);
    for (int i = 0; i < 16; i++) {
      out[to + i] = d * (b[at + 8 + i] & 15 | (high >>> i & 1) << 4) + m;
    }
    for (int i = 0; i < 16; i++) {
      out[to + 16 + i] = d * (b[at + 8 + i] >> 4 & 15 | (high >>> i + 16 & 1) << 4) + m;
    }
  }

  static void q2_K(byte[] b, int at, float[] out, int to) {
    float d = half(b, at + 80);
    float dmin = half(b, at + 82);
    for (int row = 0; row < 16; row++) {
      // 16 rows of 16: of each half of 128 the lowest two bits of 32 bytes, then the next.
      int q = at + 16 + 32 * (row / 8) + 16 * (row % 2);
      int bits = 2 * (row % 8 / 2);
      float scale = d * (b[at + row] & 15);
      float least = dmin * (b[at + row] >> 4 & 15);
      for (int i = 0; i < 16; i++) {
        out[to + 16 * row + i] = scale * (b[q + i] >> bits & 3) - least;
      }
    }
  }

  static void q3_K(byte[] b, int at, float[] out, int to) {
    float d = half(b, at + 108);
    for (int row = 0; row < 16; row++) {
      int q = at + 32 + 32 * (row / 8) + 16 * (row % 2);
      int bits = 2 * (row % 8 / 2);
      int high = at + 16 * (row % 2);
      int bit = row / 2;
      int low = b[at + 96 + row % 8] >> 4 * (row / 8) & 15;
      float scale = d * ((low | (b[at + 104 + row % 4] >> 2 * (row / 4) & 3) << 4) - 32);
      for (int i = 0; i < 16; i++) {
        // An absent high bit takes 4 away.
        out[to + 16 * row + i] =
            scale * ((b[q + i] >> bits & 3) - (b[high + i] >> bit & 1 ^ 1) * 4);
      }
    }
  }

  static void q4_K(byte[] b, int at, float[] out, int to) {
    float d = half(b, at);
    float dmin = half(b, at + 2);
    for (int pair = 0; pair < 4; pair++) {
      int q = at + 16 + 32 * pair;
      int low = to + 64 * pair;
      float d1 = d * scale(b, at + 4, 2 * pair);
      float m1 = dmin * minimum(b, at + 4, 2 * pair);
      for (int i = 0; i < 32; i++) {
        out[low + i] = d1 * (b[q + i] & 15) - m1;
      }
      float d2 = d * scale(b, at + 4, 2 * pair + 1);
      float m2 = dmin * minimum(b, at + 4, 2 * pair + 1);
      for (int i = 0; i < 32; i++) {
        out[low + 32 + i] = d2 * (b[q + i] >> 4 & 15) - m2;
      }
    }
  }

  static void q5_K(byte[] b, int at, float[] out, int to) {
    float d = half(b, at);
    float dmin = half(b, at + 2);
    int high = at + 16;
    for (int pair = 0; pair < 4; pair++) {
      int q = at + 48 + 32 * pair;
      int low = to + 64 * pair;
      int bit = 2 * pair;
      float d1 = d * scale(b, at + 4, bit);
      float m1 = dmin * minimum(b, at + 4, bit);
      for (int i = 0; i < 32; i++) {
        out[low + i] = d1 * (b[q + i] & 15 | (b[high + i] >> bit & 1) << 4) - m1;
      }
      float d2 = d * scale(b, at + 4, bit + 1);
      float m2 = dmin * minimum(b, at + 4, bit + 1);
      for (int i = 0; i < 32; i++) {
        out[low + 32 + i] = d2 * (b[q + i] >> 4 & 15 | (b[high + i] >> bit + 1 & 1) << 4) - m2;
      }
    }
  }

  static void q6_K(byte[] b, int at, float[] out, int to) {
    float d = half(b, at + 208);
    for (int row = 0; row < 16; row++) {
      // 16 rows of 16: of each half of 128 the low nibbles of 64 bytes, then their high ones.
      int part = row / 8;
      int within = row % 8;
      int low = at + 64 * part + 16 * (within % 4);
      int nibble = 4 * (within / 4);
      int high = at + 128 + 32 * part + 16 * (within % 2);
      int bits = 2 * (within / 2);
      float scale = d * b[at + 192 + row];
      for (int i = 0; i < 16; i++) {
        int q = b[low + i] >> nibble & 15 | (b[high + i] >> bits & 3) << 4;
        out[to + 16 * row + i] = scale * (q - 32);
      }
    }
  }

  /** Of eight scales of 6 bits the first four in four bytes, the others in pieces. */
  private static int scale(byte[] b, int at, int i) {
    return i < 4 ? b[at + i] & 63 : b[at + 4 + i] & 15 | b[at + i - 4] >> 2 & 48;
  }

  /** As {@link #scale}, four bytes on. */
  private static int minimum(byte[] b, int at, int i) {
    return i < 4 ? b[at + 4 + i] & 63 : b[at + 4 + i] >> 4 & 15 | b[at + i] >> 2 & 48;
  }

  private static int word(byte[] b, int at) {
    return b[at] & 255 | (b[at + 1] & 255) << 8 | (b[at + 2] & 255) << 16 | b[at + 3] << 24;
  }

  private static float half(byte[] b, int at) {
    return Float.float16ToFloat((short) (b[at] & 255 | b[at + 1] << 8));
  }
}
