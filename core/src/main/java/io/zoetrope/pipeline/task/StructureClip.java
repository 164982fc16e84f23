package io.zoetrope.pipeline.task;

import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pixels.Annotators;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The structure of a video as a network is shown it, in training and in use.
 *
 * @param kind how it is drawn, blurred and told
 */
public record StructureClip(Beside.Structure kind) {
  /**
   * What is drawn of a video.
   *
   * @param x_F3HW pixels with values 0..1
   * @return the same shape, values 0..1
   */
  public Tensor drawn(Tensor x_F3HW) {
    return Annotators.of(kind.annotator()).hints(x_F3HW);
  }

  /**
   * Blurred so many times, each of which halves the sides, and brought back to the size.
   *
   * @param hints_F3HW values 0..1
   * @return the same shape, values 0..1; itself at 0
   */
  static Tensor blurred(Tensor hints_F3HW, int times) {
    if (times == 0) {
      return hints_F3HW;
    }
    long rows = hints_F3HW.size(2);
    long columns = hints_F3HW.size(3);
    Tensor small =
        torch.adaptive_avg_pool2d(
            hints_F3HW, Math.max(1, rows >> times), Math.max(1, columns >> times));
    Tensor large = Upscale.to(small.transpose(0, 1).unsqueeze(0), rows, columns);
    return Ops.clamp(large.select(0, 0).transpose(0, 1), 0, 1);
  }

  /**
   * What stands beside the latents.
   *
   * @param hints_F3HW what is drawn
   * @param blurs 0 to {@link Beside.Structure#blurs}
   * @param encode pixels [1, 3, F, H, W] in [-1, 1] to latents [1, C, F, h, w]
   * @return [1, C + told, F, h, w]
   */
  public Tensor beside(Tensor hints_F3HW, int blurs, UnaryOperator<Tensor> encode) {
    Tensor blurred = blurred(hints_F3HW, blurs);
    Tensor x_13FHW = Ops.add(Ops.mul(blurred, 2), -1).transpose(0, 1).unsqueeze(0).contiguous();
    Tensor z_1CFHW = encode.apply(x_13FHW);
    if (kind.told() == 0) {
      return z_1CFHW;
    }
    Tensor told =
        Tensors.of(told(blurs), 1, kind.told(), 1, 1, 1)
            .to(z_1CFHW.device(), z_1CFHW.scalar_type());
    long[] shape = Tensors.shape(z_1CFHW);
    shape[1] = kind.told();
    return Tensors.cat(List.of(z_1CFHW, told.expand(shape)), 1);
  }

  /** Sines and cosines of the number of blurs, each pair of twice the period of the one before. */
  private double[] told(int blurs) {
    double[] channels = new double[kind.told()];
    for (int i = 0; i < channels.length / 2; i++) {
      double angle = blurs / Math.pow(2, i);
      channels[2 * i] = Math.sin(angle);
      channels[2 * i + 1] = Math.cos(angle);
    }
    return channels;
  }
}
