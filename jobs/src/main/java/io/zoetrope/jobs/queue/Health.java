package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.QueueState.Worker;
import io.zoetrope.jobs.store.Database;
import io.zoetrope.jobs.store.QueueTable;
import io.zoetrope.jobs.store.WorkerTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Whether jobs can be taken, kept and made. */
record Health(Database database, JobsConfig config) {
  List<String> ailments() {
    List<String> found = new ArrayList<>();
    try {
      long unused = database.write(QueueTable::lockTurn);
      Instant since = database.now().minus(config.limits().lease());
      List<Worker> workers = database.read(WorkerTable::list);
      if (workers.stream().noneMatch(worker -> lives(worker, since))) {
        found.add("no worker is there");
      }
    } catch (JobsException e) {
      found.add(String.valueOf(e.getMessage()));
    }
    long free = config.free();
    if (free < config.limits().free()) {
      found.add("only %s MiB of disk are free".formatted(free >> 20));
    }
    return List.copyOf(found);
  }

  private static boolean lives(Worker worker, Instant since) {
    return !worker.state().equals("lost") && worker.seen().isAfter(since);
  }
}
