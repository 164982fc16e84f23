package io.zoetrope.jobs.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.Runner;
import io.zoetrope.jobs.Runner.Signal;
import io.zoetrope.jobs.Store;
import io.zoetrope.media.VideoMetadata;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a worker makes of jobs: in a process of its own, with the model that is on the class path.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkerIT {
  private static final VideoOrder BALL =
      new VideoOrder(
          GenerateSpec.usual(),
          Wish.of("a red ball moves right").withSeed(4).withSteps(4).withFrames(8),
          ModelRef.of("toybox"),
          Tuning.NONE);

  @TempDir Path folder;
  private final WorkerProcess worker = new WorkerProcess(WorkerSettings.on("cpu"));

  @AfterAll
  void close() {
    worker.close();
  }

  @Test
  void aJobIsMadeStepByStep() throws Exception {
    Store store = new Store(folder);
    Watched watch = new Watched(() -> Signal.GO);

    Runner.Attempt attempt = Attempts.of(store, BALL);
    Runner.Outcome outcome = worker.run(attempt, watch);

    assertThat(outcome).isInstanceOf(Runner.Done.class);
    Runner.Done done = (Runner.Done) outcome;
    assertThat(done.shape()).isEqualTo(new Job.Shape(128, 128, 8, 8, 4));
    assertThat(watch.rows()).containsExactly(1, 2, 3, 4);
    assertThat(watch.percents()).isSorted();
    assertThat(watch.phases()).contains("loading", "sampling");
    Path made = store.job(attempt.job().id()).resolve(done.result().file());
    assertThat(Files.size(made)).isEqualTo(done.result().bytes());
    List<String> files = Attempts.files(attempt.folder());
    assertThat(files).contains("video.mp4", "thumbnail.webp", "sheet.jpg", "manifest.json");
    assertThat(watch.levels().getLast()).hasSize(8).containsOnly(0);
    assertThat(watch.levels().getFirst()).hasSize(8).doesNotContain(0, 1);
    assertThat(watch.frames()).isEqualTo(8);
    assertThat(watch.previews().getFirst()).isTrue();
    assertThat(watch.progress().getLast().preview()).isEqualTo(4);
    assertThat(Attempts.files(attempt.folder().resolve("steps"))).contains("1.webp", "4.webp");
    String told = VideoMetadata.read(made).entries().toString();
    assertThat(told).contains("toybox").doesNotContain("/");
  }
}
