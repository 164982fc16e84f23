package io.zoetrope.train.method;

import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.train.Objective;
import io.zoetrope.train.objective.Bucketed;
import io.zoetrope.train.objective.Denoising;
import io.zoetrope.train.objective.DiffusionObjective;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * The loss of a training on a loaded base.
 *
 * @param asked what the network is asked, by how much errors are debiased over frames
 */
record AdaptLoss(
    VideoNetwork network,
    PromptEncoder prompts,
    DoubleFunction<Denoising> asked,
    ClipsBlock clips,
    boolean checkpointing,
    SampleSheet sheet) {

  /** Of a pass over clips of one shape or several. */
  Objective of(PassBlock pass, List<AdaptMethod.Shot> shots) {
    List<Bucketed.Bucket> each =
        shots.stream()
            .map(shot ->
                new Bucketed.Bucket(
                    shot.bucket().name(), shot.bucket().share(), objective(pass, shot)))
            .toList();
    return each.size() == 1 ? each.getFirst().objective() : new Bucketed(each);
  }

  private DiffusionObjective objective(PassBlock pass, AdaptMethod.Shot shot) {
    boolean one = pass.frames() == PassBlock.Frames.ONE;
    return new DiffusionObjective(
        network,
        prompts,
        shot.footage(),
        asked.apply(pass.debias()),
        new DiffusionObjective.Cut(
            shot.bucket().batch(),
            one ? 1 : shot.bucket().cut(),
            clips.maxStride(),
            clips.captionDropout(),
            checkpointing,
            clips.images()),
        sheet::write);
  }
}
