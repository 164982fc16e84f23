package io.zoetrope.diffusion;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.Collections;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A denoiser whose output is the clean video: all that samplers know. Guidance wraps one and is
 * itself one, so guidances compose. Gradients flow through it to z and to the network.
 */
public interface X0Denoiser {
  /** The schedule under which levels are meant. */
  NoiseSchedule schedule();

  /**
   * The clean video as estimated from a noisy one.
   *
   * @param z_BCFHW noisy video, unscaled
   * @param u_BF level of each frame in [0, 1]; [B], [1, F] and a scalar are broadcast
   * @return [B, C, F, H, W] in the dtype of z
   */
  Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning);

  /**
   * This denoiser with the blocks of its network run as segments: the same results, and less memory
   * where a gradient is taken by {@link io.zoetrope.torch.Recompute}. One that wraps another passes
   * this on to it; one that does not is still right, and saves nothing.
   */
  default X0Denoiser segmented(Segments segments) {
    return this;
  }

  /** Whether its answers depend on what it was asked before: then it is of one walk. */
  default boolean remembers() {
    return false;
  }

  /** A network together with its schedule and the meaning of its output. */
  static X0Denoiser of(Denoiser network, NoiseSchedule schedule, Prediction prediction) {
    return new NetworkX0(network, schedule, prediction, Segments.PLAIN);
  }

  /** See {@link #of}; {@code segments} is how the network's blocks are run. */
  record NetworkX0(
      Denoiser network, NoiseSchedule schedule, Prediction prediction, Segments segments)
      implements X0Denoiser {
    @Override
    public X0Denoiser segmented(Segments other) {
      return new NetworkX0(network, schedule, prediction, other);
    }

    @Override
    public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
      Levels levels = schedule.levels(u_BF, z_BCFHW);
      Tensor scaled =
          levels.allEqual(prediction::inputScale, 1)
              ? z_BCFHW
              : z_BCFHW.mul(levels.coefficient(prediction::inputScale, z_BCFHW));
      Tensor t_BF = levels.t_BF().to(z_BCFHW.device(), ScalarType.Float);
      Tensor raw = network.ask(scaled, t_BF, conditioning, segments).to(z_BCFHW.scalar_type());
      return prediction.toX0(raw, z_BCFHW, levels);
    }
  }

  /**
   * This being shown one thing more, the same to every branch of guidance around it.
   *
   * @param value for one clip, or for as many as the video has; guidance may ask for several
   *     branches of these at once. Borrowed
   */
  default X0Denoiser showing(Slot<Tensor> slot, Tensor value) {
    return new Showing(this, slot, value);
  }

  /** See {@link #showing}. */
  record Showing(X0Denoiser base, Slot<Tensor> slot, Tensor value) implements X0Denoiser {
    @Override
    public NoiseSchedule schedule() {
      return base.schedule();
    }

    @Override
    public X0Denoiser segmented(Segments segments) {
      return new Showing(base.segmented(segments), slot, value);
    }

    @Override
    public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
      long batch = z_BCFHW.size(0);
      long clips = value.size(0);
      if (batch % clips != 0) {
        throw new IllegalArgumentException(slot + " of " + clips + " clips is not for " + batch);
      }
      Tensor all =
          clips == 1
              ? slot.axis().expand(slot, value, batch)
              : Tensors.cat(Collections.nCopies(Math.toIntExact(batch / clips), value), 0);
      return base.x0(z_BCFHW, u_BF, conditioning.with(slot, all));
    }
  }
}
