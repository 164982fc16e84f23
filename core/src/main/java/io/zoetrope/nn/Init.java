package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** How a new parameter starts. */
public sealed interface Init {
  Init ZEROS = new Constant(0);
  Init ONES = new Constant(1);

  /** The identity, as a convolution: 1 at the middle of each channel's own kernel, else 0. */
  Init DIRAC = new Dirac();

  /**
   * A table [..., L, C] of positions: row i holds sines (even features) and cosines (odd ones) of i
   * times geometrically falling frequencies (Vaswani et al., 2017, section 3.5).
   */
  static Init sinusoids() {
    return new Sinusoids();
  }

  /** A fresh f32 tensor of the given shape. */
  Tensor make(RandomStream random, long... shape);

  static Init constant(double value) {
    return new Constant(value);
  }

  /** Normal with mean 0. */
  static Init normal(double std) {
    return new Normal(std);
  }

  /** Uniform so that outputs keep the variance of inputs: Glorot &amp; Bengio (2010), eq. 16. */
  static Init xavier() {
    return new Xavier();
  }

  /** Normal with variance {@code gain^2 / fan_in} (He et al., 2015). */
  static Init fanIn(double gain) {
    return new FanIn(gain);
  }

  record Constant(double value) implements Init {
    @Override
    public Tensor make(RandomStream random, long... shape) {
      return Tensors.full(value, shape);
    }
  }

  record Normal(double std) implements Init {
    @Override
    public Tensor make(RandomStream random, long... shape) {
      return Ops.mul(random.normal(shape), std);
    }
  }

  record Xavier() implements Init {
    @Override
    public Tensor make(RandomStream random, long... shape) {
      double bound = Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape)));
      return Ops.mul(Ops.add(Ops.mul(random.uniform(shape), 2), -1), bound);
    }
  }

  record FanIn(double gain) implements Init {
    @Override
    public Tensor make(RandomStream random, long... shape) {
      return Ops.mul(random.normal(shape), gain / Math.sqrt(fanIn(shape)));
    }
  }

  record Sinusoids() implements Init {
    @Override
    public Tensor make(RandomStream random, long... shape) {
      long features = shape[shape.length - 1];
      long length = shape[shape.length - 2];
      // In f32 step by step, as in the tables that checkpoints hold.
      Tensor frequencies =
          Ops.mul(Ops.mul(steps(features / 2), 2), -Math.log(10_000) / features).exp();
      Tensor angles = steps(length).unsqueeze(1).mul(frequencies);
      return Tensors.stack(List.of(angles.sin(), angles.cos()), -1).reshape(shape);
    }

    private static Tensor steps(long count) {
      float[] steps = new float[Math.toIntExact(count)];
      for (int i = 0; i < steps.length; i++) {
        steps[i] = i;
      }
      return Tensors.of(steps, count);
    }
  }

  record Dirac() implements Init {
    @Override
    public Tensor make(RandomStream random, long... shape) {
      int kernel = 1;
      for (int i = 2; i < shape.length; i++) {
        kernel *= Math.toIntExact(shape[i]);
      }
      int row = Math.toIntExact(shape[1]) * kernel;
      float[] values = new float[Math.toIntExact(shape[0]) * row];
      for (int i = 0; i < Math.min(shape[0], shape[1]); i++) {
        values[i * row + i * kernel + kernel / 2] = 1;
      }
      return Tensors.of(values, shape);
    }
  }

  private static long fanIn(long[] shape) {
    long fan = 1;
    for (int i = 1; i < shape.length; i++) {
      fan *= shape[i];
    }
    return fan;
  }

  private static long fanOut(long[] shape) {
    long fan = shape[0];
    for (int i = 2; i < shape.length; i++) {
      fan *= shape[i];
    }
    return fan;
  }
}
