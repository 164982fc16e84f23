package io.zoetrope.pipeline;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What a network is shown beside the latents of a job.
 *
 * @param region that alone is made, of the job's frames
 */
record BesideClip(Engine engine, Job job, Optional<Region> region) {
  /**
   * The clip beside the noisy one, [B, C, F, h, w], on the device of the network; empty if the
   * engine has it already.
   *
   * @throws io.zoetrope.error.UserError if only a task has it, and this one has not
   */
  Optional<Tensor> of(Beside what) {
    return switch (what) {
      case Beside.Mask mask -> Optional.of(mask());
      case Beside.Known known -> known(known);
      case Beside.GivenPixels given -> given(given);
      case Beside.Picture picture -> elsewhere();
      case Beside.Structure structure -> elsewhere();
      case Beside.Smaller smaller -> elsewhere();
      case Beside.Slower slower -> elsewhere();
      case Beside.Pixels pixels -> elsewhere();
    };
  }

  /** Whoever made the engine has to have put it there. */
  private Optional<Tensor> elsewhere() {
    engine.requireShown();
    return Optional.empty();
  }

  /** Frames that are held, unless the engine has others. */
  private Optional<Tensor> known(Beside.Known known) {
    return engine.shows() ? Optional.empty() : Optional.of(known.seen(held(), job.given_BCFHW()));
  }

  /** Nothing is given, unless the engine has something. */
  private Optional<Tensor> given(Beside.GivenPixels what) {
    if (engine.shows()) {
      return Optional.empty();
    }
    TimestepPlan plan = job.plan();
    long some = IntStream.range(0, plan.frames()).filter(plan::given).count();
    // Of a video that is made again as a whole none is given.
    if (some > 0 && some < plan.frames()) {
      engine.requireShown();
    }
    VideoRequest first = job.requests().getFirst();
    int frames = engine.model().grid().frames(job.plan().frames());
    return Optional.of(
        GivenVideo.nothing(frames, first.height(), first.width())
            .seen(engine, what, Progress.NONE));
  }

  /** Frames that are held are known, and what is outside of the region; all else is grey. */
  private Tensor mask() {
    Tensor given = job.given_BCFHW();
    Tensor held_11F11 = held().to(given.device(), ScalarType.Bool);
    Tensor rest = region.map(Region::holed_1CFHW).orElseGet(this::grey).to(given.scalar_type());
    Tensor known = torch.where(held_11F11, given, rest);
    long[] shape = Tensors.shape(known);
    shape[1] = 1;
    Tensor made =
        region
            .map(r -> r.made_11FHW().logical_and(held_11F11.logical_not()))
            .orElseGet(held_11F11::logical_not)
            .to(known.scalar_type())
            .expand(shape);
    return Tensors.cat(List.of(made, known), 1);
  }

  private Tensor held() {
    double[] held = new double[job.plan().frames()];
    for (int frame = 0; frame < held.length; frame++) {
      held[frame] = job.plan().heldClean(frame) ? 1 : 0;
    }
    return Tensors.of(held, 1, 1, held.length, 1, 1);
  }

  /** Grey frames as the autoencoder sees them, [1, C, F, h, w]; frames are alike. */
  private Tensor grey() {
    VideoRequest first = job.requests().getFirst();
    int frames = engine.model().grid().frames(job.plan().frames());
    int some = engine.model().grid().time() == 1 ? 1 : frames;
    Tensor z =
        engine.encode(Tensors.zeros(1, 3, some, first.height(), first.width()), Progress.NONE);
    return z.size(2) == 1 ? z.expand(1, z.size(1), job.plan().frames(), z.size(3), z.size(4)) : z;
  }
}
