package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.task.StructureClip;
import io.zoetrope.torch.Ops;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * The structure of a video, for models that follow one.
 *
 * @param video in the size of what is made
 */
record StructureOf(Making making, Video video) {
  /**
   * An engine whose model is shown it; itself, if the model follows none.
   *
   * @param blur how many times it is blurred
   * @throws UserError if it is blurred for nobody, or more often than the model knows
   */
  Engine shownTo(Engine engine, Optional<Integer> blur) {
    Optional<Beside.Structure> structure = engine.model().beside().flatMap(Beside::structure);
    if (structure.isEmpty()) {
      blur.ifPresent(times -> {
        throw new UserError(
            Fault.UNSUPPORTED,
            "this model follows no structure that could be blurred",
            "leave blur out");
      });
      return engine;
    }
    int times = blur.orElse(0);
    if (times > structure.get().blurs()) {
      throw new UserError(
          Fault.INVALID,
          "this model knows structure that is blurred 0 to %s times, not %s"
              .formatted(structure.get().blurs(), times));
    }
    StructureClip clip = new StructureClip(structure.get());
    Tensor x_F3HW = Ops.mul(Ops.add(FrameTensors.toTensor(video), 1), 0.5).transpose(0, 1);
    Tensor beside =
        clip.beside(clip.drawn(x_F3HW), times, x -> engine.encode(x, making.progress()));
    making
        .said()
        .accept(
            "the model is shown what %s draws of it, blurred %s times"
                .formatted(structure.get().annotator(), times));
    return engine.withBeside(Conditioning.none().with(Conditioning.BESIDE, beside));
  }
}
