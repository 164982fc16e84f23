package io.zoetrope.checkpoint.gguf;

import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How blocks of GGUF become numbers, as {@code gguf.quants.dequantize} of the reference does it, to
 * the bit: each step in f32, in its order. Blocks are [N, bytes] uint8, numbers [N, K] f32.
 */
final class Blocks {
  private static final long NIBBLE = 15;

  private Blocks() {}

  /** 32 numbers: d, 32 int8. */
  static Tensor q8_0(Tensor b) {
    return part(b, 2, 32).view(ScalarType.Char).to(ScalarType.Float).mul(half(b, 0));
  }

  /** 32 numbers: d, 16 pairs. */
  static Tensor q4_0(Tensor b) {
    Tensor q = nibbles(b, 2, 16).to(ScalarType.Float);
    return q.sub_(new Scalar(8)).mul(half(b, 0));
  }

  /** 32 numbers: d, m, 16 pairs. */
  static Tensor q4_1(Tensor b) {
    return nibbles(b, 4, 16).to(ScalarType.Float).mul(half(b, 0)).add_(half(b, 2));
  }

  /** 32 numbers: d, 32 fifth bits, 16 pairs. */
  static Tensor q5_0(Tensor b) {
    Tensor q = withHigh(nibbles(b, 6, 16), ones(b, 2)).to(ScalarType.Float);
    return q.sub_(new Scalar(16)).mul(half(b, 0));
  }

  /** 32 numbers: d, m, 32 fifth bits, 16 pairs. */
  static Tensor q5_1(Tensor b) {
    Tensor q = withHigh(nibbles(b, 8, 16), ones(b, 4)).to(ScalarType.Float);
    return q.mul(half(b, 0)).add_(half(b, 2));
  }

  /** 16 times 16 numbers: 16 scales and minima of 4 bits, 64 fours of 2 bits, d, dmin. */
  static Tensor q2_K(Tensor b) {
    Tensor scales = part(b, 0, 16);
    Tensor q = planes(part(b, 16, 64), 32, 2, 4);
    Tensor dl = half(b, 80).mul(low(scales).to(ScalarType.Float));
    Tensor ml = half(b, 82).mul(high(scales).to(ScalarType.Float));
    return scaled(q, dl).sub_(ml.unsqueeze(2)).flatten(1, 2);
  }

  /** 16 times 16 numbers: 256 high bits, 64 fours of 2 bits, 16 scales of 6 bits, d. */
  static Tensor q3_K(Tensor b) {
    Tensor high = planes(part(b, 0, 32), 32, 1, 8);
    Tensor q = planes(part(b, 32, 64), 32, 2, 4).to(ScalarType.Char);
    q = q.sub_(high.bitwise_xor(new Scalar(1L)).mul_(new Scalar(4L)).to(ScalarType.Char));
    Tensor lowScales = planes(part(b, 96, 8), 8, 4, 2);
    Tensor highScales = planes(part(b, 104, 4), 4, 2, 4);
    Tensor scales = lowScales.bitwise_or(highScales.mul_(new Scalar(16L))).to(ScalarType.Float);
    Tensor dl = half(b, 108).mul(scales.sub_(new Scalar(32)));
    return scaled(q, dl).flatten(1, 2);
  }

  /** 8 times 32 numbers: d, dmin, 8 scales and minima of 6 bits, 128 pairs. */
  static Tensor q4_K(Tensor b) {
    return withMinima(b, planes(part(b, 16, 128), 32, 4, 2));
  }

  /** 8 times 32 numbers: as {@link #q4_K}, and 256 fifth bits before the pairs. */
  static Tensor q5_K(Tensor b) {
    return withMinima(
        b, withHigh(planes(part(b, 48, 128), 32, 4, 2), planes(part(b, 16, 32), 32, 1, 8)));
  }

  /** 16 times 16 numbers: 128 pairs, 64 fours of 2 high bits, 16 int8 scales, d. */
  static Tensor q6_K(Tensor b) {
    Tensor q = withHigh(planes(part(b, 0, 128), 64, 4, 2), planes(part(b, 128, 64), 32, 2, 4));
    Tensor scales = part(b, 192, 16).view(ScalarType.Char).to(ScalarType.Float);
    Tensor whole = q.to(ScalarType.Float).sub_(new Scalar(32));
    return scaled(whole, half(b, 208).mul(scales)).flatten(1, 2);
  }

  /** {@code d sc q - dmin m}; scales and minima of 6 bits lie in three rows of four bytes. */
  private static Tensor withMinima(Tensor b, Tensor q) {
    Tensor first = part(b, 4, 4);
    Tensor second = part(b, 8, 4);
    Tensor third = part(b, 12, 4);
    Tensor sc = sixBits(first, low(third));
    Tensor m = sixBits(second, high(third));
    Tensor d = half(b, 0).mul(sc);
    Tensor dm = half(b, 2).mul(m);
    return scaled(q, d).sub_(dm.unsqueeze(2)).flatten(1, 2);
  }

  /** Eight numbers: the low six bits of four bytes; then four of which these have the high two. */
  private static Tensor sixBits(Tensor four, Tensor nibbles) {
    Tensor high = four.bitwise_right_shift(new Scalar(2L)).bitwise_and_(new Scalar(0x30L));
    Tensor all =
        Tensors.cat(List.of(four.bitwise_and(new Scalar(0x3fL)), nibbles.bitwise_or(high)), 1);
    return all.to(ScalarType.Float);
  }

  /** q [N, K] in as many groups as there are scales [N, G], times these: [N, G, K / G]. */
  private static Tensor scaled(Tensor q, Tensor scales) {
    long groups = scales.size(1);
    return q.reshape(q.size(0), groups, -1).to(ScalarType.Float).mul(scales.unsqueeze(2));
  }

  /** A number of f16 as [N, 1] f32. */
  private static Tensor half(Tensor b, long at) {
    return part(b, at, 2).view(ScalarType.Half).to(ScalarType.Float);
  }

  private static Tensor part(Tensor b, long at, long bytes) {
    return b.narrow(1, at, bytes);
  }

  private static Tensor nibbles(Tensor b, long at, long bytes) {
    return planes(part(b, at, bytes), bytes, 4, 2);
  }

  /** Bits of four bytes, the lowest first. */
  private static Tensor ones(Tensor b, long at) {
    Tensor each = part(b, at, 4).unsqueeze(2);
    return each.bitwise_right_shift(shifts(b, 1, 8))
        .bitwise_and_(new Scalar(1L))
        .reshape(b.size(0), 32);
  }

  /**
   * Numbers of a few bits, that lie as planes: of each run of bytes first the lowest bits of all,
   * then the next.
   *
   * @param run bytes that lie beside each other
   * @param bits of a number
   * @param count planes
   * @return [N, bytes * count] uint8
   */
  private static Tensor planes(Tensor bytes, long run, int bits, int count) {
    long n = bytes.size(0);
    return bytes
        .reshape(n, -1, 1, run)
        .bitwise_right_shift(shifts(bytes, bits, count).view(count, 1))
        .bitwise_and_(new Scalar((1L << bits) - 1))
        .view(n, -1);
  }

  /** 0, bits, 2 bits ... as uint8, beside a tensor. */
  private static Tensor shifts(Tensor like, int bits, int count) {
    byte[] by = new byte[count];
    for (int i = 0; i < count; i++) {
      by[i] = (byte) (i * bits);
    }
    return Tensors.beside(like, Tensors.ofBytes(by, count));
  }

  /** q with bits above its four. */
  private static Tensor withHigh(Tensor q, Tensor high) {
    return q.bitwise_or_(high.mul_(new Scalar(16L)));
  }

  private static Tensor low(Tensor bytes) {
    return bytes.bitwise_and(new Scalar(NIBBLE));
  }

  private static Tensor high(Tensor bytes) {
    return bytes.bitwise_right_shift(new Scalar(4L));
  }
}
