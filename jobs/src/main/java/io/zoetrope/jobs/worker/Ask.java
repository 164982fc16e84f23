package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.Runner.Attempt;
import io.zoetrope.pipeline.order.VideoOrder;
import java.nio.file.Path;
import java.util.Optional;

/** What a worker is told, a line of JSON each. */
sealed interface Ask {
  /**
   * Make an attempt.
   *
   * @param folder where it goes
   * @param store the folder of all jobs and inputs
   * @param draftRows how many rows of the plan are walked; empty walks all
   * @param resume the folder of an attempt from whose latents it may go on
   * @param order what is made
   */
  record Make(
      Path folder, Path store, Optional<Integer> draftRows, Optional<Path> resume, VideoOrder order)
      implements Ask {
    /** What is to be done at an attempt. */
    static Make of(Attempt attempt) {
      return new Make(
          attempt.folder().toAbsolutePath(),
          attempt.store().folder().toAbsolutePath(),
          attempt.job().draftRows(),
          attempt.resume().map(folder -> folder.toAbsolutePath()),
          attempt.job().order());
    }
  }

  /** Nobody wants it any more. */
  record Cancel() implements Ask {}

  /** Keep what there is, and stop. */
  record Stop() implements Ask {}
}
