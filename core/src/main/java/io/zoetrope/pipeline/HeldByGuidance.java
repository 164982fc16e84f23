package io.zoetrope.pipeline;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.guidance.Known;
import io.zoetrope.diffusion.guidance.ReconstructionGuidance;
import io.zoetrope.diffusion.guidance.ReconstructionGuidance.Activations;
import io.zoetrope.diffusion.guidance.ReconstructionWeight;
import io.zoetrope.diffusion.guidance.Replacement;
import io.zoetrope.diffusion.sampler.Noise;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.bytedeco.pytorch.Tensor;

/**
 * VDM's conditional sampling in place of held frames, for any task: frames that the task's plan
 * holds clean fall with the others instead, and guidance brings them to what is given. For networks
 * that were trained with one level for the whole clip and never saw a clean frame beside noisy
 * ones. Frames that are not chosen stay held: both mechanisms mix.
 *
 * @param frames which of the held frames, by their number in the clip
 * @param weight of reconstruction guidance; empty is replacement alone
 * @param activations how reconstruction guidance gets its gradient
 */
public record HeldByGuidance(
    IntPredicate frames, Optional<ReconstructionWeight> weight, Activations activations)
    implements Guide {

  /** Replacement of all held frames. */
  public static HeldByGuidance replacement() {
    return new HeldByGuidance(frame -> true, Optional.empty(), Activations.KEPT);
  }

  /** Reconstruction guidance by all held frames, and their replacement. */
  public static HeldByGuidance reconstruction(ReconstructionWeight weight) {
    return new HeldByGuidance(frame -> true, Optional.of(weight), Activations.KEPT);
  }

  private boolean chosen(TimestepPlan plan, int frame) {
    return plan.heldClean(frame) && frames.test(frame);
  }

  /** Chosen frames take the levels of the nearest frame that is not held, the earlier of two. */
  @Override
  public TimestepPlan plan(TimestepPlan plan) {
    double[][] levels = plan.levels();
    for (int frame = 0; frame < plan.frames(); frame++) {
      Optional<Integer> model = chosen(plan, frame) ? nearest(plan, frame) : Optional.empty();
      if (model.isPresent()) {
        for (double[] row : levels) {
          row[frame] = row[model.get()];
        }
      }
    }
    return TimestepPlan.of(levels, plan.givenFrames(), plan.prompts());
  }

  private static Optional<Integer> nearest(TimestepPlan plan, int frame) {
    for (int away = 1; away < plan.frames(); away++) {
      for (int other : new int[] {frame - away, frame + away}) {
        if (other >= 0 && other < plan.frames() && !plan.heldClean(other)) {
          return Optional.of(other);
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public X0Denoiser wrap(X0Denoiser denoiser, TimestepPlan plan, Tensor given_BCFHW, Noise noise) {
    boolean[] known = new boolean[plan.frames()];
    boolean any = false;
    for (int frame = 0; frame < known.length; frame++) {
      known[frame] = chosen(plan, frame);
      any |= known[frame];
    }
    if (!any) {
      return denoiser;
    }
    Known given = Known.frames(given_BCFHW, known);
    return weight
        .<X0Denoiser>map(
            w -> new ReconstructionGuidance(denoiser, List.of(given), noise, w, activations))
        .orElseGet(() -> new Replacement(denoiser, given, noise));
  }
}
