package io.zoetrope.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.queue.Postgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One clock, and transactions that are whole. */
class DatabaseIT {
  @TempDir Path folder;

  @Test
  void aHostWhoseClockIsWrongGoesByTheDatabases() {
    InstantSource late = InstantSource.offset(InstantSource.system(), Duration.ofHours(-3));
    try (Database database = Database.open(Postgres.newDatabase(), late)) {
      assertThat(database.now()).isCloseTo(Instant.now(), within(2, ChronoUnit.SECONDS));
    }
  }

  /** The server of these tests promises nothing by itself. */
  @Test
  void whatIsCommittedIsOnDiskWhateverTheServersHabit() {
    try (Database database = Database.open(Postgres.newDatabase())) {
      String commits =
          database.write(
              c -> Sql.list(c, "show synchronous_commit", row -> row.getString(1)).getFirst());
      assertThat(commits).isEqualTo("on");
    }
  }

  @Test
  void whatFailsChangesNothing() {
    try (Database database = sqlite()) {
      assertThatThrownBy(() ->
              database.change(c -> {
                ShelfTable.put(c, "preset", "night", "{}");
                throw new IllegalStateException("the test says so");
              }))
          .isInstanceOf(IllegalStateException.class);
      List<String> names = database.read(c -> ShelfTable.names(c, "preset"));
      assertThat(names).isEmpty();
    }
  }

  @Test
  void twoThatWaitForEachOtherAreBothDone() throws InterruptedException {
    try (Database database = Database.open(Postgres.newDatabase())) {
      database.change(c -> {
        ShelfTable.put(c, "preset", "a", "{}");
        ShelfTable.put(c, "preset", "b", "{}");
      });
      AtomicInteger done = new AtomicInteger();
      Thread one = Thread.startVirtualThread(() -> both(database, "a", "b", done));
      Thread two = Thread.startVirtualThread(() -> both(database, "b", "a", done));
      one.join();
      two.join();
      assertThat(done).hasValue(2);
    }
  }

  @Test
  void anAddressThatIsNoneIsToldWithoutItsPassword() {
    assertThatThrownBy(() -> Database.open("jdbc:mysql://host/name?password=secret"))
        .isInstanceOf(JobsException.class)
        .hasMessageContaining("jdbc:sqlite:FILE")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(
            () -> Database.open("jdbc:postgresql://localhost:1/x?user=u&password=secret"))
        .isInstanceOf(JobsException.class)
        .hasMessageNotContaining("secret");
  }

  private static void both(Database database, String first, String second, AtomicInteger done) {
    database.change(c -> {
      ShelfTable.put(c, "preset", first, "{\"by\":1}");
      try {
        Thread.sleep(300);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      ShelfTable.put(c, "preset", second, "{\"by\":2}");
    });
    done.incrementAndGet();
  }

  private Database sqlite() {
    return Database.open("jdbc:sqlite:" + folder.resolve("test.db"));
  }
}
