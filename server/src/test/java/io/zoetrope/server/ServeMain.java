package io.zoetrope.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.zoetrope.jobs.queue.JobsConfig;
import io.zoetrope.jobs.worker.WorkerSettings;
import io.zoetrope.server.http.ServerConfig;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;

/** A studio in a process of its own, for what looks at it from outside: prints where it is. */
final class ServeMain {
  private ServeMain() {}

  /**
   * Goes on until its input ends.
   *
   * @param args the store, then limits as in {@code changes=100}
   */
  public static void main(String[] args) throws Exception {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
    JobsConfig kept = JobsConfig.in(Path.of(args[0]));
    String[] limits = java.util.Arrays.copyOfRange(args, 1, args.length);
    try (RunningStudio studio =
        RunningStudio.start(
            StudioConfig.of(
                    ServerConfig.local(0).withLimits(limits),
                    kept.withLimits(kept.limits().withFree(0)))
                .withWorkers(List.of(WorkerSettings.on("cpu"))))) {
      System.out.println(studio.uri());
      while (System.in.read() >= 0) {
        // Somebody is still there.
      }
    }
  }
}
