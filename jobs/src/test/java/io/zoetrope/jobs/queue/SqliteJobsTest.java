package io.zoetrope.jobs.queue;

import java.util.Optional;

/** Jobs in a file of the store. */
class SqliteJobsTest extends JobsContract {
  @Override
  Optional<String> database() {
    return Optional.empty();
  }
}
