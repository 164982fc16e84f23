package io.zoetrope.torch;

import io.zoetrope.torch.PackedTensor.Loop;
import io.zoetrope.torch.PackedTensor.Packing;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Unpacks blocks on the processor, in pieces that a {@link Crew} shares. */
final class Unpacker {
  /** Numbers of a piece. */
  private static final int PIECE = 1 << 18;

  /** Numbers on their way, within the nearest cache. */
  private static final int BUFFER = 1 << 12;

  /** What torch makes of any f32 that is no number. */
  private static final int NO_NUMBER = 0x7fc0;

  private Unpacker() {}

  /**
   * Unpacks, if there is a way.
   *
   * @param blocks_NB contiguous
   * @param out contiguous, with room for all
   * @return false if nothing was done
   */
  static boolean unpack(Packing packing, Tensor blocks_NB, Tensor out) {
    Optional<Loop> loop = packing.loop();
    boolean half = out.scalar_type().intern() == ScalarType.BFloat16;
    if (loop.isEmpty()
        || Products.crew().isEmpty()
        || !ComputeDevice.CPU.holds(blocks_NB)
        || !(half || out.scalar_type().intern() == ScalarType.Float)) {
      return false;
    }
    Pieces pieces =
        new Pieces(
            loop.get(),
            packing.numbers(),
            packing.bytes(),
            blocks_NB.size(0),
            memory(blocks_NB),
            memory(out),
            half);
    Products.crew().get().run(pieces.count(), pieces::run);
    // Addresses keep nothing alive.
    Reference.reachabilityFence(blocks_NB);
    Reference.reachabilityFence(out);
    return true;
  }

  private static MemorySegment memory(Tensor t) {
    return MemorySegment.ofAddress(t.data_ptr().address())
        .reinterpret(t.numel() * t.element_size());
  }

  /**
   * @param blocks how many
   * @param half whether numbers go out as bf16
   */
  private record Pieces(
      Loop loop,
      int numbers,
      int bytes,
      long blocks,
      MemorySegment in,
      MemorySegment out,
      boolean half) {
    private long each() {
      return Math.max(1, PIECE / numbers);
    }

    int count() {
      return Math.toIntExact(Math.ceilDiv(blocks, each()));
    }

    void run(int piece) {
      int step = Math.max(1, BUFFER / numbers);
      byte[] packed = new byte[step * bytes];
      float[] dense = new float[step * numbers];
      int[] bits = new int[half ? dense.length : 0];
      short[] halves = new short[bits.length];
      long end = Math.min(blocks, (piece + 1) * each());
      for (long at = piece * each(); at < end; at += step) {
        int n = (int) Math.min(step, end - at);
        MemorySegment.copy(in, ValueLayout.JAVA_BYTE, at * bytes, packed, 0, n * bytes);
        loop.unpack(packed, n, dense);
        if (half) {
          round(dense, bits, halves, n * numbers);
          MemorySegment.copy(
              halves, 0, out, ValueLayout.JAVA_SHORT_UNALIGNED, at * numbers * 2, n * numbers);
        } else {
          MemorySegment.copy(
              dense, 0, out, ValueLayout.JAVA_FLOAT_UNALIGNED, at * numbers * 4, n * numbers);
        }
      }
    }
  }

  /**
   * To the nearest bf16, of two as near to the even one. In steps of which the compiler makes
   * vectors.
   */
  private static void round(float[] x, int[] bits, short[] y, int n) {
    MemorySegment.copy(MemorySegment.ofArray(x), ValueLayout.JAVA_INT, 0, bits, 0, n);
    for (int i = 0; i < n; i++) {
      int b = bits[i];
      int even = b + 0x7fff + (b >>> 16 & 1) >>> 16;
      int none = 0x7f800000 - (b & 0x7fffffff) >> 31; // all ones where it is no number
      bits[i] = even & ~none | NO_NUMBER & none;
    }
    for (int i = 0; i < n; i++) {
      y[i] = (short) bits[i];
    }
  }
}
