package io.zoetrope.torch;

import io.zoetrope.progress.WithinStep;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * 3x3 convolutions of stride 1, padded by 1, with 16 multiplications for each 2x2 of results in
 * place of 36: F(2x2, 3x3) of Lavin &amp; Gray, "Fast Algorithms for Convolutional Neural
 * Networks", 2016, section 4.1. Its sums are shorter than those of the direct way, and its rounding
 * errors are no larger (docs/numerics.md).
 *
 * <p>Tiles of the picture are done so many at a time that what lies between stays in the
 * processor's cache. f32 on the CPU, without gradients.
 */
public final class Winograd {
  /** What the tiles of a stretch may take between input and output, in bytes. */
  private static final long STRETCH = 20L << 20;

  /** Features in and out from which on it is the faster way. */
  private static final long LEAST_WIDTH = 128;

  /** Tiles from which on it wins enough for weights that take 16/9 of the memory. */
  private static final long LEAST_TILES = 1024;

  private Winograd() {}

  /** Whether this is the faster way for x [M, C, H, W] and so many features out. */
  public static boolean pays(Tensor x_MCHW, long out) {
    return x_MCHW.size(1) >= LEAST_WIDTH
        && out >= LEAST_WIDTH
        && x_MCHW.size(0) * half(x_MCHW.size(2)) * half(x_MCHW.size(3)) >= LEAST_TILES
        && x_MCHW.device().is_cpu();
  }

  /**
   * As {@link #pays}, for pictures that are done one at a time in any case: says the same of each
   * picture and of a band of it.
   */
  public static boolean paysFrames(Tensor x_MCHW, long out) {
    return x_MCHW.size(1) >= LEAST_WIDTH && out >= LEAST_WIDTH && x_MCHW.device().is_cpu();
  }

  /** G g G^T of each kernel: weights [K, C, 3, 3] of any format -> [16, C, K] f32. */
  public static Tensor transform(Tensor weight_KC33) {
    Tensor g_33CK = weight_KC33.to(ScalarType.Float).permute(2, 3, 1, 0).contiguous();
    long c = weight_KC33.size(1);
    long k = weight_KC33.size(0);
    Tensor rows_43CK = Tensors.empty(4, 3, c, k);
    spread(g_33CK, rows_43CK, 0);
    Tensor u_44CK = Tensors.empty(4, 4, c, k);
    spread(rows_43CK, u_44CK, 1);
    return u_44CK.view(16, c, k);
  }

  /** (g0, (g0 + g1 + g2) / 2, (g0 - g1 + g2) / 2, g2) along an axis. */
  private static void spread(Tensor g, Tensor into, long axis) {
    Tensor ends = g.select(axis, 0).add(g.select(axis, 2));
    Tensor middle = g.select(axis, 1);
    into.select(axis, 0).copy_(g.select(axis, 0));
    Ops.halve(torch.add_out(into.select(axis, 1), ends, middle));
    Ops.halve(torch.sub_out(into.select(axis, 2), ends, middle));
    into.select(axis, 3).copy_(g.select(axis, 2));
  }

  /**
   * The convolution.
   *
   * @param x_MCHW of any layout
   * @param u_16CK from {@link #transform}
   * @param bias_K added to each place
   * @return [M, K, H, W], channels next to each other in memory
   */
  public static Tensor conv(Tensor x_MCHW, Tensor u_16CK, Tensor bias_K) {
    WithinStep.requireGoing();
    // Of all its buffers only the result may wait for the end of a step.
    return Scopes.tensor(() -> new Pass(x_MCHW, u_16CK, bias_K).run());
  }

  private static long half(long size) {
    return (size + 1) / 2;
  }

  /** Sizes and buffers of one convolution; buffers are used again stretch by stretch. */
  private static final class Pass {
    private final Tensor x_MHWC;
    private final Tensor u;
    private final Tensor bias;
    private final long count;
    private final long high;
    private final long wide;
    private final long in;
    private final long out;
    private final long down;
    private final long across;
    private final long images;
    private final long rows;
    private final Tensor padded;
    private final Tensor bufferR;
    private final Tensor bufferV;
    private final Tensor bufferM;
    private final Tensor bufferS;
    private final Tensor bufferT;
    private final Tensor y;

    Pass(Tensor x_MCHW, Tensor u, Tensor bias) {
      x_MHWC = x_MCHW.permute(0, 2, 3, 1);
      this.u = u;
      this.bias = bias;
      count = x_MHWC.size(0);
      high = x_MHWC.size(1);
      wide = x_MHWC.size(2);
      in = u.size(1);
      out = u.size(2);
      down = half(high);
      across = half(wide);
      long row = across * 16 * 4 * (in + out);
      images = Math.clamp(STRETCH / (row * down), 1, count);
      rows = Math.clamp(STRETCH / row, 1, down);
      long tiles = images * rows * across;
      padded = Tensors.zeros(images, 2 * down + 2, 2 * across + 2, in);
      bufferR = Tensors.empty(4 * images * rows * (2 * across + 2) * in);
      bufferV = Tensors.empty(16 * tiles * in);
      bufferM = Tensors.empty(16 * tiles * out);
      bufferS = Tensors.empty(8 * tiles * out);
      bufferT = Tensors.empty(4 * tiles * out);
      y = Tensors.empty(count, 2 * down, 2 * across, out);
    }

    Tensor run() {
      for (long image = 0; image < count; image += images) {
        long m = Math.min(images, count - image);
        padded
            .narrow(0, 0, m)
            .narrow(1, 1, high)
            .narrow(2, 1, wide)
            .copy_(x_MHWC.narrow(0, image, m));
        for (long top = 0; top < down; top += rows) {
          long from = image;
          long row = top;
          long n = Math.min(rows, down - top);
          Scopes.run(() -> stretch(from, m, row, n));
        }
      }
      return y.narrow(1, 0, high)
          .narrow(2, 0, wide)
          .permute(0, 3, 1, 2)
          .contiguous(torch.MemoryFormat.ChannelsLast);
    }

    /** n rows of tiles of m images. */
    private void stretch(long image, long m, long top, long n) {
      long t = m * n * across;
      // B^T d B: down the rows, then across the columns.
      Tensor r = first(bufferR, 4, m, n, 2 * across + 2, in);
      difference(r, 0, band(top, n, m, 0), band(top, n, m, 2));
      sum(r, 1, band(top, n, m, 1), band(top, n, m, 2));
      difference(r, 2, band(top, n, m, 2), band(top, n, m, 1));
      difference(r, 3, band(top, n, m, 1), band(top, n, m, 3));
      Tensor v = first(bufferV, 4, 4, m * n, across, in);
      Tensor[] column = new Tensor[4];
      for (int i = 0; i < 4; i++) {
        long line = (2 * across + 2) * in;
        column[i] =
            r.as_strided(
                new long[] {4, m * n, across, in},
                new long[] {m * n * line, line, 2 * in, 1},
                new LongOptional(i * in));
      }
      torch.sub_out(v.select(1, 0), column[0], column[2]);
      torch.add_out(v.select(1, 1), column[1], column[2]);
      torch.sub_out(v.select(1, 2), column[2], column[1]);
      torch.sub_out(v.select(1, 3), column[1], column[3]);
      Tensor product = first(bufferM, 16, t, out);
      multiply(v.view(16, t, in), product);
      // A^T m A, likewise; the bias joins the second of both.
      Tensor p = product.view(4, 4 * t * out);
      Tensor s = first(bufferS, 2, 4 * t * out);
      Tensor pair = first(bufferT, 4 * t * out);
      torch.add_out(pair, p.select(0, 1), p.select(0, 2));
      torch.add_out(s.select(0, 0), p.select(0, 0), pair);
      torch.sub_out(pair, p.select(0, 1), p.select(0, 2));
      torch.sub_out(s.select(0, 1), pair, p.select(0, 3));
      Tensor q = s.view(2, 4, m, n, across, out);
      Tensor both = first(bufferT, 2, m, n, across, out);
      torch.add_out(both, q.select(1, 1), q.select(1, 2));
      both.add_(bias);
      torch.add_out(place(image, m, top, n, 0), q.select(1, 0), both);
      torch.sub_out(both, q.select(1, 1), q.select(1, 2));
      both.add_(bias);
      torch.sub_out(place(image, m, top, n, 1), both, q.select(1, 3));
    }

    /** Every second row of the padded images from a row of tiles on, [m, n, 2 * across + 2, in]. */
    private Tensor band(long top, long n, long m, long offset) {
      long line = (2 * across + 2) * in;
      return padded.as_strided(
          new long[] {m, n, 2 * across + 2, in},
          new long[] {(2 * down + 2) * line, 2 * line, in, 1},
          new LongOptional((2 * top + offset) * line));
    }

    /** Every second column of the result as both rows of its tiles, [2, m, n, across, out]. */
    private Tensor place(long image, long m, long top, long n, long offset) {
      long line = 2 * across * out;
      return y.as_strided(
          new long[] {2, m, n, across, out},
          new long[] {line, 2 * down * line, 2 * line, 2 * out, 1},
          new LongOptional((image * 2 * down + 2 * top) * line + offset * out));
    }

    private static void difference(Tensor r, long at, Tensor a, Tensor b) {
      torch.sub_out(r.select(0, at), a, b);
    }

    private static void sum(Tensor r, long at, Tensor a, Tensor b) {
      torch.add_out(r.select(0, at), a, b);
    }

    private void multiply(Tensor v_16TC, Tensor into_16TK) {
      if (Products.batchFits(v_16TC, u, into_16TK)) {
        Products.batch(v_16TC, u, into_16TK);
      } else {
        torch.bmm_out(into_16TK, v_16TC, u);
      }
    }

    private static Tensor first(Tensor buffer, long... shape) {
      long size = 1;
      for (long side : shape) {
        size *= side;
      }
      return buffer.narrow(0, 0, size).view(shape);
    }
  }
}
