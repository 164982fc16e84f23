package io.zoetrope.pipeline;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.Collections;
import org.bytedeco.pytorch.Tensor;

/**
 * A denoiser that is shown one thing more, the same to every branch of guidance around it.
 *
 * @param base the denoiser
 * @param slot where it is shown
 * @param value for one clip, or for as many as the video has; guidance may ask for several branches
 *     of these at once. Borrowed
 */
record Accompanied(X0Denoiser base, Slot<Tensor> slot, Tensor value) implements X0Denoiser {
  @Override
  public NoiseSchedule schedule() {
    return base.schedule();
  }

  @Override
  public X0Denoiser segmented(Segments segments) {
    return new Accompanied(base.segmented(segments), slot, value);
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
