package io.zoetrope.jobs.queue;

import java.util.Optional;
import org.junit.jupiter.api.Nested;

/** Jobs in a file of the store. */
class SqliteJobsTest {
  @Nested
  class Taking extends TakingContract {
    @Override
    Optional<String> database() {
      return Optional.empty();
    }
  }

  @Nested
  class Queue extends QueueContract {
    @Override
    Optional<String> database() {
      return Optional.empty();
    }
  }

  @Nested
  class Ends extends EndsContract {
    @Override
    Optional<String> database() {
      return Optional.empty();
    }
  }

  @Nested
  class Keeping extends KeepingContract {
    @Override
    Optional<String> database() {
      return Optional.empty();
    }
  }
}
