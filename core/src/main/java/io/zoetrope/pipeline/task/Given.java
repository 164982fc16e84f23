package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.torch.Tensors;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/** What tasks share. */
final class Given {
  private Given() {}

  /**
   * Content for a whole batch, on the device of the engine's network: of a batch of 1, a view
   * repeated. Checks that it fits.
   */
  static Tensor of(Engine engine, List<VideoRequest> requests, Tensor z_BCMHW) {
    engine.requireFit(z_BCMHW, requests);
    long[] shape = Tensors.shape(z_BCMHW);
    if (shape[0] != 1 && shape[0] != requests.size()) {
      throw new IllegalArgumentException(
          "content of %s clips for %s requests".formatted(shape[0], requests.size()));
    }
    shape[0] = requests.size();
    return engine.model().device().place(z_BCMHW).expand(shape);
  }

  /** A single latent of content. */
  static Tensor frame(Engine engine, List<VideoRequest> requests, Tensor z_BC1HW) {
    if (z_BC1HW.size(2) != 1) {
      throw new UserError(
          Fault.INVALID, "give one image here, not a video of " + z_BC1HW.size(2) + " frames");
    }
    return of(engine, requests, z_BC1HW);
  }

  /** The content followed by so many latents of nothing. */
  static Tensor then(Engine engine, List<VideoRequest> requests, Tensor z_BCMHW, int nothing) {
    return Tensors.cat(List.of(z_BCMHW, engine.canvas(requests, nothing)), 2);
  }

  /** One list of texts for each clip. */
  static List<List<String>> prompts(List<List<String>> prompts, List<VideoRequest> requests) {
    return prompts.size() == 1 ? Collections.nCopies(requests.size(), prompts.getFirst()) : prompts;
  }

  /** A plan whose numbers a user chose: what is wrong with them is the user's to mend. */
  static TimestepPlan plan(Supplier<TimestepPlan> body) {
    try {
      return body.get();
    } catch (IllegalArgumentException e) {
      throw new UserError(Fault.INVALID, String.valueOf(e.getMessage()), e);
    }
  }
}
