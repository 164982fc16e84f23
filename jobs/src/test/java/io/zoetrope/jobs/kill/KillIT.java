package io.zoetrope.jobs.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.jobs.queue.Postgres;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few kills of {@link KillTrial}. */
class KillIT {
  @TempDir Path store;

  @Test
  void whatWasAnsweredIsMadeOnceWhateverIsKilledOnSqlite() throws Exception {
    KillTrial.Outcome outcome = new KillTrial(store, Optional.empty(), "fake:30", 1).run(3);
    assertThat(outcome.jobs()).isPositive();
    System.out.println(outcome);
  }

  @Test
  void whatWasAnsweredIsMadeOnceWhateverIsKilledOnPostgres() throws Exception {
    KillTrial.Outcome outcome =
        new KillTrial(store, Optional.of(Postgres.newDatabase()), "fake:30", 1).run(3);
    assertThat(outcome.jobs()).isPositive();
    System.out.println(outcome);
  }
}
