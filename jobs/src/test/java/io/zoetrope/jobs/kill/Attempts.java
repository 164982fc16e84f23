package io.zoetrope.jobs.kill;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobProgress;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.Runner;
import io.zoetrope.jobs.Store;
import io.zoetrope.pipeline.order.VideoOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An attempt in one line: number, store, id, order. */
final class Attempts {
  private Attempts() {}

  static String line(Runner.Attempt attempt) {
    return String.join(
        "\t",
        Integer.toString(attempt.number()),
        attempt.store().folder().toString(),
        attempt.job().id().text(),
        attempt.job().order().toJson());
  }

  static Runner.Attempt attempt(String line) {
    String[] parts = line.split("\t", 4);
    int number = Integer.parseInt(parts[0]);
    Store store = new Store(Path.of(parts[1]));
    JobId id = new JobId(parts[2]);
    return new Runner.Attempt(
        job(id, VideoOrder.parse(id.text(), parts[3])),
        number,
        store.attempt(id, number),
        store,
        Optional.empty());
  }

  private static Job job(JobId id, VideoOrder order) {
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
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        "",
        Optional.empty(),
        0,
        List.of(),
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
