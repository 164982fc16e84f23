package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.LatentGrid;
import java.util.List;

/** What people say in frames, in a model's latents. */
final class Counted {
  private Counted() {}

  /**
   * Prompts set in with the latent in which their frame lies, and change over as many as their
   * frames fill.
   *
   * @throws UserError if two of them fall too near to each other for that
   */
  static PromptCues cues(PromptCues cues, LatentGrid grid) {
    if (grid.time() == 1) {
      return cues;
    }
    List<Long> starts = cues.starts().stream().map(grid::latentOf).toList();
    try {
      return new PromptCues(starts, grid.following(cues.blend()));
    } catch (IllegalArgumentException e) {
      throw new UserError(
          Fault.INVALID,
          "prompts at frames %s are too near: a latent of this model holds %s frames"
              .formatted(cues.starts(), grid.time()),
          e);
    }
  }
}
