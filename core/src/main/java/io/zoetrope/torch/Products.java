package io.zoetrope.torch;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Products of f32 matrices without gradients, cut into pieces that a {@link Crew} computes. How
 * they are cut depends on their sizes only: the same bits on one thread and on many, alone and on a
 * busy machine. (OpenBLAS cuts by its threads, and other pieces are rounded otherwise.)
 */
final class Products {
  /** Multiplications of a piece; fewer do not repay that another thread wakes up. */
  private static final long PIECE = 8_000_000;

  /** Each piece packs the other matrix anew: so there are not many, and none is thin. */
  private static final int MOST = 16;

  private static final int ROWS = 256;
  private static final int COLUMNS = 128;

  /** Pieces begin where the vectors of a kernel do. */
  private static final int GRAIN = 16;

  private Products() {}

  private static final ScopedValue<Crew> CREW = ScopedValue.newInstance();

  private static final class Here {
    static final Optional<Crew> CREW =
        Blas.usual().isPresent()
            ? Optional.of(new Crew(Blas.usual().getAsInt()))
            : Optional.empty();
  }

  /** Whether {@link #linear} computes x [..., in] by a weight [out, in] and a bias [out]. */
  static boolean linearFits(Tensor x, Tensor weight, Optional<Tensor> bias) {
    return dense(x)
        && fits(weight)
        && weight.dim() == 2
        && x.numel() > 0
        && x.size(-1) == weight.size(1)
        && bias.map(b -> dense(b) && b.numel() == weight.size(0)).orElse(true)
        && Here.CREW.isPresent();
  }

  private static boolean fits(Tensor t) {
    return dense(t) && t.is_contiguous();
  }

  private static boolean dense(Tensor t) {
    return t.device().is_cpu() && t.scalar_type().intern() == ScalarType.Float;
  }

  /** {@code x W^T + b}, as {@link Ops#linear}. */
  static Tensor linear(Tensor x, Tensor weight, Optional<Tensor> bias) {
    Tensor packed = x.contiguous();
    Optional<Tensor> flat = bias.map(Tensor::contiguous);
    long[] shape = Tensors.shape(x);
    int in = (int) weight.size(1);
    int out = (int) weight.size(0);
    int rows = (int) (x.numel() / in);
    shape[shape.length - 1] = out;
    Tensor y = Tensors.empty(shape);
    Product product =
        new Product(
            address(packed),
            address(weight),
            Blas.Other.TRANSPOSED,
            flat.map(Products::address).orElse(0L),
            address(y),
            rows,
            in,
            out);
    run(1, i -> product);
    // Addresses keep nothing alive.
    Reference.reachabilityFence(packed);
    Reference.reachabilityFence(weight);
    Reference.reachabilityFence(flat);
    return y;
  }

  /** Whether {@link #batch} computes these. */
  static boolean batchFits(Tensor a, Tensor b, Tensor into) {
    return fits(a) && fits(b) && fits(into) && a.numel() > 0 && Here.CREW.isPresent();
  }

  /** {@code a b} for a [N, rows, in] and b [N, in, out], written into [N, rows, out]. */
  static void batch(Tensor a, Tensor b, Tensor into) {
    int rows = (int) a.size(1);
    int in = (int) a.size(2);
    int out = (int) b.size(2);
    long pa = address(a);
    long pb = address(b);
    long pc = address(into);
    run(
        (int) a.size(0),
        i ->
            new Product(
                pa + bytes(i, rows, in),
                pb + bytes(i, in, out),
                Blas.Other.AS_IT_IS,
                0,
                pc + bytes(i, rows, out),
                rows,
                in,
                out));
    Reference.reachabilityFence(a);
    Reference.reachabilityFence(b);
    Reference.reachabilityFence(into);
  }

  private interface Of {
    Product at(int i);
  }

  /** What the body asks of products is computed by this thread. */
  static <T> T alone(Supplier<T> body) {
    return ScopedValue.where(CREW, new Crew(1)).call(body::get);
  }

  /** Who shares the work of this thread; empty where libtorch's own threads do. */
  static Optional<Crew> crew() {
    return CREW.isBound() ? Optional.of(CREW.get()) : Here.CREW;
  }

  private static void run(int count, Of products) {
    Cut cut = products.at(0).cut();
    Blas.alone(() -> {
      crew()
          .orElseThrow()
          .run(
              count * cut.pieces(),
              i -> products.at(i / cut.pieces()).piece(cut, i % cut.pieces()));
      return cut;
    });
  }

  private static long address(Tensor t) {
    return t.data_ptr().address();
  }

  private static long bytes(long count, long rows, long columns) {
    return count * rows * columns * Float.BYTES;
  }

  /**
   * @param rows whether rows are shared out, else columns
   * @param size rows or columns of a piece; of the last, what is left
   */
  private record Cut(boolean rows, int size, int pieces) {}

  /**
   * {@code c = a b + bias} for a [rows, in], b and c [rows, out], by their addresses.
   *
   * @param bias [out]; 0 is none
   */
  private record Product(
      long a, long b, Blas.Other other, long bias, long c, int rows, int in, int out) {
    Cut cut() {
      long wanted = Math.clamp((long) rows * in * out / PIECE, 1, MOST);
      boolean byRows = rows >= 2 * ROWS || rows >= out;
      int length = byRows ? rows : out;
      int pieces = (int) Math.min(wanted, Math.max(1, length / (byRows ? ROWS : COLUMNS)));
      int size = ceilDiv(ceilDiv(length, pieces), GRAIN) * GRAIN;
      return new Cut(byRows, size, ceilDiv(length, size));
    }

    void piece(Cut cut, int i) {
      int at = i * cut.size;
      int length = Math.min(cut.size, (cut.rows ? rows : out) - at);
      if (cut.rows) {
        compute(length, out, a + bytes(at, in, 1), b, bias, c + bytes(at, out, 1));
      } else {
        long column = bytes(at, other == Blas.Other.TRANSPOSED ? in : 1, 1);
        long part = bias == 0 ? 0 : bias + bytes(at, 1, 1);
        compute(rows, length, a, b + column, part, c + bytes(at, 1, 1));
      }
    }

    private void compute(int rows, int columns, long a, long b, long bias, long c) {
      if (bias != 0) {
        fill(rows, columns, bias, c);
      }
      Blas.product(rows, columns, in, a, b, other, out, bias == 0 ? 0 : 1, c, out);
    }

    /**
     * The bias in each row, for the product to be added to: not worth waking libtorch's threads.
     */
    private void fill(int rows, int columns, long bias, long c) {
      long width = bytes(columns, 1, 1);
      MemorySegment from = MemorySegment.ofAddress(bias).reinterpret(width);
      MemorySegment to = MemorySegment.ofAddress(c).reinterpret(bytes(rows - 1L, out, 1) + width);
      for (int row = 0; row < rows; row++) {
        MemorySegment.copy(from, 0, to, bytes(row, out, 1), width);
      }
    }

    private static int ceilDiv(int a, int b) {
      return Math.ceilDiv(a, b);
    }
  }
}
