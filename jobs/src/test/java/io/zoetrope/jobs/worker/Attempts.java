package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobProgress;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.Runner;
import io.zoetrope.jobs.Store;
import io.zoetrope.pipeline.order.VideoOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Attempts at jobs of no queue. */
final class Attempts {
  private Attempts() {}

  /** The first one at a job. */
  static Runner.Attempt of(Store store, VideoOrder order) throws IOException {
    return of(store, job(order, Optional.empty()), 1, Optional.empty());
  }

  static Runner.Attempt of(Store store, Job job, int number, Optional<Path> resume)
      throws IOException {
    Path folder = store.attempt(job.id(), number);
    Files.createDirectories(folder);
    return new Runner.Attempt(job, number, folder, store, resume);
  }

  /** The same to be walked to its end. */
  static Job undrafted(Job draft) {
    return job(draft.id(), draft.order(), Optional.empty());
  }

  static Job job(VideoOrder order, Optional<Integer> draftRows) {
    return job(JobId.next(), order, draftRows);
  }

  private static Job job(JobId id, VideoOrder order, Optional<Integer> draftRows) {
    return new Job(
        id,
        JobState.RUNNING,
        order,
        "generate",
        Job.Shape.UNKNOWN,
        JobProgress.NONE,
        1,
        Optional.empty(),
        Optional.empty(),
        draftRows,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        "",
        Optional.empty(),
        0,
        List.of(),
        Instant.now(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The names in a folder. */
  static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
