package io.zoetrope.jobs.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.jobs.Runner;
import io.zoetrope.jobs.Runner.Signal;
import io.zoetrope.jobs.Store;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that are made in this process are those that another would make. */
class LocalRunnerIT {
  private static final VideoOrder BALL =
      new VideoOrder(
          GenerateSpec.usual(),
          Wish.of("a red ball moves right").withSeed(4).withSteps(2).withFrames(4),
          ModelRef.of("toybox"),
          Tuning.NONE);

  @TempDir Path folder;

  @Test
  void hereAndInAProcessAVideoHasTheSameBytes() throws Exception {
    Store store = new Store(folder);
    try (LocalRunner here = LocalRunner.on("cpu");
        WorkerProcess there = new WorkerProcess(WorkerSettings.on("cpu"))) {
      Watched watch = new Watched(() -> Signal.GO);
      Runner.Done own = (Runner.Done) here.run(Attempts.of(store, BALL), watch);
      Runner.Done other =
          (Runner.Done) there.run(Attempts.of(store, BALL), new Watched(() -> Signal.GO));
      assertThat(own.result().sha256()).isEqualTo(other.result().sha256());
      assertThat(watch.rows()).containsExactly(1, 2);
    }
  }

  @Test
  void oneThatIsCancelledStopsAndTheNextIsMade() throws Exception {
    Store store = new Store(folder);
    try (LocalRunner here = LocalRunner.on("cpu")) {
      AtomicReference<Signal> signal = new AtomicReference<>(Signal.GO);
      Watched watch = new Watched(signal::get);
      watch.at(1, () -> signal.set(Signal.CANCEL));
      VideoOrder large = BALL.withWish(BALL.wish().withSteps(200));
      assertThat(here.run(Attempts.of(store, large), watch)).isInstanceOf(Runner.Cancelled.class);
      assertThat(here.run(Attempts.of(store, BALL), new Watched(() -> Signal.GO)))
          .isInstanceOf(Runner.Done.class);
    }
  }
}
