package io.zoetrope.jobs.queue;

import java.util.Optional;
import org.junit.jupiter.api.Nested;

/** Jobs in a PostgreSQL. */
class PostgresJobsIT {
  @Nested
  class Taking extends TakingContract {
    private final Optional<String> database = Optional.of(Postgres.newDatabase());

    @Override
    Optional<String> database() {
      return database;
    }
  }

  @Nested
  class Queue extends QueueContract {
    private final Optional<String> database = Optional.of(Postgres.newDatabase());

    @Override
    Optional<String> database() {
      return database;
    }
  }

  @Nested
  class Ends extends EndsContract {
    private final Optional<String> database = Optional.of(Postgres.newDatabase());

    @Override
    Optional<String> database() {
      return database;
    }
  }

  @Nested
  class Keeping extends KeepingContract {
    private final Optional<String> database = Optional.of(Postgres.newDatabase());

    @Override
    Optional<String> database() {
      return database;
    }
  }
}
