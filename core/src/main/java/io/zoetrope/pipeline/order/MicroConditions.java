package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.condition.Along;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ClipInput;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Numbers of a clip that a network is told beside the prompt ({@link ClipInput}); what is empty is
 * as the model has it.
 *
 * @param motion how much it moves: the bucket, 0 to {@value #MOST_MOTION}
 * @param fps frames per second that it is told, 0.1 to 240, whatever the video is played at
 * @param augmentation noise of the picture that it is shown, 0 to 10
 */
public record MicroConditions(
    Optional<Integer> motion, Optional<Double> fps, Optional<Double> augmentation) {
  /** Buckets of motion, whatever the model. */
  public static final int MOST_MOTION = 1023;

  /** As many frames as there may be, of a number that each of them has. */
  private static final int FRAMES = Wish.MOST_FRAMES;

  public MicroConditions {
    motion.ifPresent(value -> Checks.whole("motion", 0, MOST_MOTION, value));
    fps.ifPresent(value -> Checks.real("fps", 0.1, 240, value));
    augmentation.ifPresent(value -> Checks.real("augmentation", 0, 10, value));
  }

  /**
   * An engine whose network is told so.
   *
   * @throws UserError if it is not told one of these, or there is no such bucket of motion
   */
  Engine over(Engine engine) {
    NetworkConfig config = engine.model().network().config();
    Conditioning told = Conditioning.none();
    if (motion.isPresent()) {
      ClipInput clip = config.told().clip();
      if (clip.buckets() > 0 && motion.get() >= clip.buckets()) {
        throw new UserError(
            Fault.INVALID,
            "this model's buckets of motion are 0 to %s, of which the last is %s; %s is none"
                .formatted(clip.buckets() - 1, clip.means(clip.buckets() - 1), motion.get()));
      }
      told = with(told, config, Conditioning.MOTION, motion.get(), "how much a clip moves");
    }
    if (fps.isPresent()) {
      told = with(told, config, Conditioning.RATE, fps.get(), "a rate of frames");
    }
    if (augmentation.isPresent()) {
      String what = "the noise of a picture that it is shown";
      told = with(told, config, Conditioning.AUGMENTATION, augmentation.get(), what);
    }
    return engine.withTold(told);
  }

  private static Conditioning with(
      Conditioning told, NetworkConfig config, Slot<Tensor> slot, double value, String what) {
    if (!config.reads().contains(slot)) {
      throw new UserError(
          Fault.UNSUPPORTED, "this model is not told %s".formatted(what), "leave it out");
    }
    return told.with(
        slot, slot.axis() == Along.CLIP ? Tensors.full(value, 1) : Tensors.full(value, 1, FRAMES));
  }
}
