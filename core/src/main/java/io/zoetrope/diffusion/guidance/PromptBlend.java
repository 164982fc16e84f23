package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.PromptTrack;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Prompts that differ from frame to frame, for any network: {@code x0_f = sum_p w_fp x0_f(prompt
 * p)}. Each prompt of which some frame has a part is asked for the whole clip; the others are not
 * asked at all. A frame that follows one prompt alone has its answer to the last bit.
 *
 * <p>It binds what a video is conditioned on to the denoiser: samplers hand it none. So it wraps
 * classifier-free guidance and is not wrapped by it. Prompts are those of the whole video; of each
 * entry the denoiser is given what belongs to the frames in sight.
 *
 * @param base the denoiser to ask, usually guided
 * @param prompts P conditionings, of batch 1 or the batch of the video
 * @param sight which frames they are, and for each the weights of the P prompts; asked anew at each
 *     call, so that a window may move on
 */
public record PromptBlend(X0Denoiser base, List<Conditioning> prompts, Sight sight)
    implements X0Denoiser {
  public PromptBlend {
    prompts = List.copyOf(prompts);
    if (prompts.isEmpty()) {
      throw new IllegalArgumentException("give at least one prompt");
    }
  }

  /** One conditioning for a whole video. */
  public static PromptBlend of(X0Denoiser base, Conditioning conditioning) {
    return new PromptBlend(base, List.of(conditioning), Sight.whole());
  }

  @Override
  public NoiseSchedule schedule() {
    return base.schedule();
  }

  @Override
  public X0Denoiser segmented(Segments segments) {
    return new PromptBlend(base.segmented(segments), prompts, sight);
  }

  @Override
  public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning ignored) {
    PromptTrack now = sight.prompts(Math.toIntExact(z_BCFHW.size(2)));
    if (now.prompts() != prompts.size() || now.frames() != z_BCFHW.size(2)) {
      throw new IllegalArgumentException(
          "a track of %s prompts over %s frames does not fit %s prompts and a video of %s frames"
              .formatted(now.prompts(), now.frames(), prompts.size(), z_BCFHW.size(2)));
    }
    ScalarType dtype = z_BCFHW.scalar_type().intern();
    ScalarType wide = dtype == ScalarType.Double ? ScalarType.Double : ScalarType.Float;
    Optional<Tensor> sum = Optional.empty();
    for (int p = 0; p < prompts.size(); p++) {
      if (!now.uses(p)) {
        continue;
      }
      Conditioning seen = prompts.get(p).frames(sight.first(), now.frames());
      Tensor x0 = base.x0(z_BCFHW, u_BF, seen.expand(z_BCFHW.size(0)));
      double[] w = new double[now.frames()];
      boolean alone = true;
      for (int frame = 0; frame < w.length; frame++) {
        w[frame] = now.weight(frame, p);
        alone &= w[frame] == 1;
      }
      if (alone) {
        return x0;
      }
      Tensor w_11F11 = Tensors.of(w, 1, 1, w.length, 1, 1).to(z_BCFHW.device(), wide);
      Tensor before = sum.orElseGet(() -> Tensors.zeros(1).to(z_BCFHW.device(), wide));
      // Not 0 times the answer where the weight is 0: that is not 0 if the answer is not finite.
      Tensor part =
          torch.where(
              w_11F11.gt(Tensors.zeros(1).to(z_BCFHW.device(), wide)),
              before.add(x0.to(wide).mul(w_11F11)),
              before);
      sum = Optional.of(part);
    }
    return sum.orElseThrow().to(dtype);
  }
}
