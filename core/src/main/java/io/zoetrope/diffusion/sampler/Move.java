package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.torch.Tensors;
import java.util.function.BiPredicate;
import java.util.function.ToDoubleBiFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * One step of every frame, from level t to level s.
 *
 * @param z the video [B, C, F, H, W] at {@code from}
 * @param u_BF the levels of {@code from} as they came
 * @param from where each frame is
 * @param to where each frame goes
 * @param step number of the step in its run, from 0
 */
public record Move(Tensor z, Tensor u_BF, Levels from, Levels to, int step) {
  /**
   * A coefficient for each frame that falls, [B, 1, F, 1, 1]; 0 for the others, whose result is
   * thrown away, so that a formula never meets s >= t.
   */
  public Tensor coefficient(ToDoubleBiFunction<NoiseLevel, NoiseLevel> formula) {
    return from.coefficient(to, (t, s) -> s.u() < t.u() ? formula.applyAsDouble(t, s) : 0, z);
  }

  /** A number of a frame of a clip. */
  @FunctionalInterface
  public interface FrameFormula {
    double at(long clip, long frame);
  }

  /** A condition on a frame of a clip. */
  @FunctionalInterface
  public interface FrameCondition {
    boolean at(long clip, long frame);
  }

  /** A number for each frame, [B, 1, F, 1, 1] in the dtype and on the device of z. */
  public Tensor perFrame(FrameFormula formula) {
    double[] values = new double[Math.toIntExact(from.batch() * from.frames())];
    for (int i = 0; i < values.length; i++) {
      values[i] = formula.at(i / from.frames(), i % from.frames());
    }
    return Tensors.of(values, from.batch(), 1, from.frames(), 1, 1).to(z.device(), z.scalar_type());
  }

  /** Whether the condition holds for any frame. */
  public boolean anyFrame(FrameCondition condition) {
    for (long b = 0; b < from.batch(); b++) {
      for (long f = 0; f < from.frames(); f++) {
        if (condition.at(b, f)) {
          return true;
        }
      }
    }
    return false;
  }

  /** For which frames the condition holds, [B, 1, F, 1, 1], bool. */
  public Tensor maskFrames(FrameCondition condition) {
    return perFrame((b, f) -> condition.at(b, f) ? 1 : 0).to(ScalarType.Bool);
  }

  /** Levels after this step's algorithm, [B, F]: s for frames that fall, t for the others. */
  public Tensor levelsAfter() {
    double[] u = new double[Math.toIntExact(from.batch() * from.frames())];
    int i = 0;
    for (long b = 0; b < from.batch(); b++) {
      for (long f = 0; f < from.frames(); f++) {
        u[i++] = Math.min(from.at(b, f).u(), to.at(b, f).u());
      }
    }
    return Tensors.of(u, from.batch(), from.frames());
  }

  /** The step's result where frames fall, the video as it was elsewhere. */
  public Tensor whereFalling(Tensor result) {
    return torch.where(mask((t, s) -> s.u() < t.u()), result, z);
  }

  /** For which frames the condition holds, [B, 1, F, 1, 1], bool. */
  public Tensor mask(BiPredicate<NoiseLevel, NoiseLevel> condition) {
    return from.mask(to, condition, z);
  }

  /**
   * The step during which x0 and eps stand still: {@code alpha_s x0 + sigma_s eps} with {@code eps
   * = (z - alpha_t x0) / sigma_t}. Exact for a denoiser that does not change; every deterministic
   * first-order method is this step.
   */
  public Tensor straight(Tensor x0) {
    return mix(
        (t, s) -> s.sigma() / t.sigma(),
        x0,
        (t, s) -> s.alpha() - t.alpha() * s.sigma() / t.sigma());
  }

  /** {@code a z + b x0} with coefficients by level. */
  public Tensor mix(
      ToDoubleBiFunction<NoiseLevel, NoiseLevel> a,
      Tensor x0,
      ToDoubleBiFunction<NoiseLevel, NoiseLevel> b) {
    return z.mul(coefficient(a)).add(x0.mul(coefficient(b)));
  }
}
