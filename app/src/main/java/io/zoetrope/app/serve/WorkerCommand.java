package io.zoetrope.app.serve;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.jobs.Runner;
import io.zoetrope.jobs.queue.JobsConfig;
import io.zoetrope.jobs.queue.StoredJobs;
import io.zoetrope.jobs.worker.WorkerProcess;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code zoetrope worker}. */
@Command(
    name = "worker",
    description = {
      "Makes the jobs of a studio on another machine: the same database and the same store, which"
          + " both must see, as by NFS.",
      "Any number of them share one queue. Ctrl-C finishes what is being made."
    })
public final class WorkerCommand extends Verb {
  @Mixin private final StoreOptions store = new StoreOptions();
  @Mixin private final WorkerOptions workers = new WorkerOptions();

  public WorkerCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() throws InterruptedException {
    JobsConfig kept = workers.named(store.config(session()));
    List<Runner> runners = workers.settings().stream().<Runner>map(WorkerProcess::new).toList();
    Duration patience = Duration.ofSeconds(workers.drain());
    try (StoredJobs jobs = Serving.opened(() -> StoredJobs.open(kept, runners).start())) {
      note("%s makes the jobs in %s".formatted(kept.name(), kept.store()));
      Serving.untilStopped(session());
      note("stopping: what is being made has %s s".formatted(patience.toSeconds()));
      jobs.drain(patience);
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      fields.put("name", kept.name());
      fields.put("store", kept.store().toString());
      return Result.of("stopped", fields);
    }
  }
}
