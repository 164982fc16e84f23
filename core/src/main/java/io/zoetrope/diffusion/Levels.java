package io.zoetrope.diffusion;

import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.function.BiPredicate;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The noise level of every frame of a batch under one schedule, read out of {@code u_BF} once. A
 * formula over levels is written as a function of doubles and becomes a tensor that broadcasts
 * against the video: coefficients are exact to f64 whatever the video's dtype. Holds no native
 * memory.
 */
public final class Levels {
  private final NoiseLevel[] at;
  private final double[] timestepInput;
  private final long batch;
  private final long frames;

  Levels(NoiseSchedule schedule, double[] u, long batch, long frames) {
    this.batch = batch;
    this.frames = frames;
    at = new NoiseLevel[u.length];
    timestepInput = new double[u.length];
    for (int i = 0; i < u.length; i++) {
      // Most frames share their level with the frame before.
      boolean same = i > 0 && u[i] == u[i - 1];
      at[i] = same ? at[i - 1] : schedule.at(u[i]);
      timestepInput[i] = same ? timestepInput[i - 1] : schedule.timestepInput(u[i]);
    }
  }

  private Levels(NoiseLevel[] at, double[] timestepInput, long batch, long frames) {
    this.at = at;
    this.timestepInput = timestepInput;
    this.batch = batch;
    this.frames = frames;
  }

  /**
   * Reads levels for a video.
   *
   * @param u_BF levels in [0, 1]: [B, F], or [B], [1, F], [1] or a scalar, which are broadcast
   * @param z_BCFHW the video they belong to, for B and F
   */
  public static Levels of(NoiseSchedule schedule, Tensor u_BF, Tensor z_BCFHW) {
    if (z_BCFHW.dim() != 5) {
      throw new IllegalArgumentException(
          "a video is [B, C, F, H, W], but this tensor has " + z_BCFHW.dim() + " dimensions");
    }
    long batch = z_BCFHW.size(0);
    long frames = z_BCFHW.size(2);
    long rows = u_BF.dim() == 0 ? 1 : u_BF.size(0);
    long columns = u_BF.dim() < 2 ? 1 : u_BF.size(1);
    if (u_BF.dim() > 2 || (rows != 1 && rows != batch) || (columns != 1 && columns != frames)) {
      throw new IllegalArgumentException(
          "levels "
              + Arrays.toString(Tensors.shape(u_BF))
              + " do not fit "
              + batch
              + " clips of "
              + frames
              + " frames");
    }
    double[] given = Tensors.toDoubles(u_BF);
    double[] u = new double[Math.toIntExact(batch * frames)];
    for (int b = 0; b < batch; b++) {
      for (int f = 0; f < frames; f++) {
        long row = rows == 1 ? 0 : b;
        u[(int) (b * frames + f)] = given[(int) (row * columns + (columns == 1 ? 0 : f))];
      }
    }
    return new Levels(schedule, u, batch, frames);
  }

  /**
   * These levels after a window has moved on over a longer video: {@code dropped} frames leave at
   * the beginning; the {@code added} ones at the end have the level of the last frame now.
   */
  public Levels slide(int dropped, int added) {
    int length = Math.toIntExact(frames - dropped + added);
    NoiseLevel[] moved = new NoiseLevel[Math.toIntExact(batch * length)];
    double[] told = new double[moved.length];
    for (int i = 0; i < moved.length; i++) {
      long frame = Math.min(i % length + dropped, frames - 1);
      int from = Math.toIntExact(i / length * frames + frame);
      moved[i] = at[from];
      told[i] = timestepInput[from];
    }
    return new Levels(moved, told, batch, length);
  }

  /** Where steps from these levels to {@code aim} land; see {@link NoiseSchedule#landing}. */
  public Levels landings(Levels aim, NoiseSchedule schedule) {
    NoiseLevel[] landed = new NoiseLevel[at.length];
    boolean beside = false;
    for (int i = 0; i < landed.length; i++) {
      landed[i] = schedule.landing(at[i], aim.at[i]);
      beside |= !landed[i].equals(aim.at[i]);
    }
    return beside ? new Levels(landed, aim.timestepInput, batch, frames) : aim;
  }

  public long batch() {
    return batch;
  }

  public long frames() {
    return frames;
  }

  public NoiseLevel at(long clip, long frame) {
    return at[Math.toIntExact(clip * frames + frame)];
  }

  /** The levels themselves, [B, F], f64, on the CPU. */
  public Tensor u_BF() {
    return Tensors.of(Arrays.stream(at).mapToDouble(NoiseLevel::u).toArray(), batch, frames);
  }

  /** What the network is told of a frame. */
  public double timestepInput(long clip, long frame) {
    return timestepInput[Math.toIntExact(clip * frames + frame)];
  }

  /** What the network is told, [B, F], f32, on the CPU. */
  public Tensor t_BF() {
    return Tensors.of(timestepInput.clone(), batch, frames).to(ScalarType.Float);
  }

  /** One number for each frame, [B, 1, F, 1, 1] in the dtype and on the device of {@code like}. */
  public Tensor coefficient(ToDoubleFunction<NoiseLevel> formula, Tensor like) {
    double[] values = new double[at.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = formula.applyAsDouble(at[i]);
    }
    return Tensors.of(values, batch, 1, frames, 1, 1).to(like.device(), like.scalar_type());
  }

  /** As above for a formula over two levels of each frame: this one and {@code other}'s. */
  public Tensor coefficient(
      Levels other, ToDoubleBiFunction<NoiseLevel, NoiseLevel> formula, Tensor like) {
    double[] values = new double[at.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = formula.applyAsDouble(at[i], other.at[i]);
    }
    return Tensors.of(values, batch, 1, frames, 1, 1).to(like.device(), like.scalar_type());
  }

  /** Whether the condition holds for any frame's pair of levels, this one and {@code other}'s. */
  public boolean any(Levels other, BiPredicate<NoiseLevel, NoiseLevel> condition) {
    for (int i = 0; i < at.length; i++) {
      if (condition.test(at[i], other.at[i])) {
        return true;
      }
    }
    return false;
  }

  /** For which frames the condition holds, [B, 1, F, 1, 1], bool, on the device of {@code like}. */
  public Tensor mask(Levels other, BiPredicate<NoiseLevel, NoiseLevel> condition, Tensor like) {
    return coefficient(other, (a, b) -> condition.test(a, b) ? 1 : 0, like).to(ScalarType.Bool);
  }

  /** Whether the formula is the same number, {@code value}, for every frame. */
  public boolean allEqual(ToDoubleFunction<NoiseLevel> formula, double value) {
    for (NoiseLevel level : at) {
      if (formula.applyAsDouble(level) != value) {
        return false;
      }
    }
    return true;
  }
}
