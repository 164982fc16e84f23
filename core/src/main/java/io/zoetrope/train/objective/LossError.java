package io.zoetrope.train.objective;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Default;
import io.zoetrope.torch.Ops;
import org.bytedeco.pytorch.Tensor;

/** How far an output is from what it should have said, number by number. */
public sealed interface LossError {
  /**
   * The error of each number, of the shape of the difference.
   *
   * @param levels of each frame
   */
  Tensor of(Tensor difference_BCFHW, Levels levels);

  /** By name: square, huber (delta 0.1, falling with the noise). */
  static LossError of(String name) {
    return switch (name) {
      case "square" -> new Square();
      case "huber" -> new Huber(0.1, Huber.Fall.SNR);
      default ->
          throw new UserError(
              Fault.INVALID, "unknown error '%s'".formatted(name), "it is square or huber");
    };
  }

  /** Its square. */
  record Square() implements LossError {
    @Override
    public Tensor of(Tensor difference_BCFHW, Levels levels) {
      return difference_BCFHW.square();
    }
  }

  /**
   * Pseudo-Huber, {@code 2 c (sqrt(d^2 + c^2) - c)}: a square near 0, a line far from it (as
   * kohya's sd-scripts have it).
   *
   * @param delta c, above 0; at pure noise where it falls
   * @param fall how c depends on a frame's level
   */
  record Huber(@Default("0.1") double delta, @Default("snr") Fall fall) implements LossError {
    /** How c goes with the level. */
    public enum Fall {
      /** The same everywhere. */
      CONSTANT,
      /** {@code (1 - delta) / (1 + sigma / alpha)^2 + delta}: 1 where clean. */
      SNR
    }

    public Huber {
      if (!(delta > 0 && delta <= 1)) {
        throw new UserError(Fault.INVALID, "delta must be above 0 and at most 1, is " + delta);
      }
    }

    double c(NoiseLevel level) {
      double ratio = 1 + level.sigma() / level.alpha();
      return fall == Fall.CONSTANT ? delta : (1 - delta) / (ratio * ratio) + delta;
    }

    @Override
    public Tensor of(Tensor difference_BCFHW, Levels levels) {
      Tensor c = levels.coefficient(this::c, difference_BCFHW);
      return difference_BCFHW.square().add(c.square()).sqrt().sub(c).mul(Ops.mul(c, 2));
    }
  }
}
