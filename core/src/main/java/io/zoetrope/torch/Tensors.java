package io.zoetrope.torch;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Making tensors from Java values and reading them back. What is made of Java values is on the CPU;
 * {@link #beside} takes it to where it is used.
 */
public final class Tensors {
  private Tensors() {}

  /** Zeros, f32. */
  public static Tensor zeros(long... shape) {
    return torch.zeros(shape, options(ScalarType.Float));
  }

  public static Tensor zeros(ScalarType dtype, long... shape) {
    return torch.zeros(shape, options(dtype));
  }

  /** Whatever lies in memory, f32: to be written to. */
  static Tensor empty(long... shape) {
    return torch.empty(shape, options(ScalarType.Float), new MemoryFormatOptional());
  }

  /** A constant, f32. */
  public static Tensor full(double value, long... shape) {
    return torch.full(shape, new Scalar(value), options(ScalarType.Float));
  }

  /** A copy of Java floats in row-major order. */
  public static Tensor of(float[] values, long... shape) {
    Tensor t = torch.empty(shape, options(ScalarType.Float), new MemoryFormatOptional());
    check(t, values.length, shape);
    new FloatPointer(t.data_ptr()).put(values);
    return t;
  }

  /** A copy of Java doubles in row-major order; f64. */
  public static Tensor of(double[] values, long... shape) {
    Tensor t = torch.empty(shape, options(ScalarType.Double), new MemoryFormatOptional());
    check(t, values.length, shape);
    new DoublePointer(t.data_ptr()).put(values);
    return t;
  }

  /** A copy of Java longs in row-major order; int64. */
  public static Tensor of(long[] values, long... shape) {
    Tensor t = torch.empty(shape, options(ScalarType.Long), new MemoryFormatOptional());
    check(t, values.length, shape);
    new LongPointer(t.data_ptr()).put(values);
    return t;
  }

  /** A copy of Java bytes in row-major order; uint8 (0..255). */
  public static Tensor ofBytes(byte[] values, long... shape) {
    Tensor t = torch.empty(shape, options(ScalarType.Byte), new MemoryFormatOptional());
    check(t, values.length, shape);
    new BytePointer(t.data_ptr()).put(values);
    return t;
  }

  /** All elements in row-major order as floats, whatever the dtype. */
  public static float[] toFloats(Tensor t) {
    return Scopes.value(() -> {
      Tensor flat = t.detach().to(ScalarType.Float).cpu().contiguous();
      float[] out = new float[Math.toIntExact(flat.numel())];
      if (out.length > 0) {
        new FloatPointer(flat.data_ptr()).get(out);
      }
      return out;
    });
  }

  /** All elements in row-major order as doubles, whatever the dtype. */
  public static double[] toDoubles(Tensor t) {
    return Scopes.value(() -> {
      Tensor flat = t.detach().to(ScalarType.Double).cpu().contiguous();
      double[] out = new double[Math.toIntExact(flat.numel())];
      if (out.length > 0) {
        new DoublePointer(flat.data_ptr()).get(out);
      }
      return out;
    });
  }

  /** All elements in row-major order as longs. */
  public static long[] toLongs(Tensor t) {
    return Scopes.value(() -> {
      Tensor flat = t.detach().to(ScalarType.Long).cpu().contiguous();
      long[] out = new long[Math.toIntExact(flat.numel())];
      if (out.length > 0) {
        new LongPointer(flat.data_ptr()).get(out);
      }
      return out;
    });
  }

  /** The raw bytes of a tensor in row-major order; the blocks of a packed one. */
  public static byte[] toBytes(Tensor t) {
    return Scopes.value(() -> {
      Tensor flat = PackedTensor.held(t).detach().cpu().contiguous();
      byte[] out = new byte[Math.toIntExact(flat.numel() * flat.element_size())];
      if (out.length > 0) {
        new BytePointer(flat.data_ptr()).get(out);
      }
      return out;
    });
  }

  public static long[] shape(Tensor t) {
    long[] shape = new long[Math.toIntExact(t.dim())];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = t.size(i);
    }
    return shape;
  }

  /**
   * Requires that a tensor is a video, [B, C, F, H, W], of so many channels.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static void requireVideo(Tensor x, long channels) {
    if (x.dim() != 5 || x.size(1) != channels) {
      throw new IllegalArgumentException(
          "a video [B, C, F, H, W] of %s channels is wanted, not one of shape %s"
              .formatted(channels, Arrays.toString(shape(x))));
    }
  }

  /** A tensor on the device of another, in its own format; itself if it lies there already. */
  public static Tensor beside(Tensor like, Tensor t) {
    return t.to(PackedTensor.held(like).device(), t.scalar_type());
  }

  public static Tensor cat(List<Tensor> parts, long dim) {
    return torch.cat(new TensorVector(parts.toArray(Tensor[]::new)), dim);
  }

  public static Tensor stack(List<Tensor> parts, long dim) {
    return torch.stack(new TensorVector(parts.toArray(Tensor[]::new)), dim);
  }

  private static void check(Tensor t, int values, long[] shape) {
    if (t.numel() != values) {
      throw new IllegalArgumentException(values + " values do not fill " + Arrays.toString(shape));
    }
  }

  static TensorOptions options(ScalarType dtype) {
    return new TensorOptions(dtype);
  }
}
