package io.zoetrope.app.serve;

import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.jobs.queue.JobsConfig;
import io.zoetrope.jobs.worker.WorkerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Processes that compute. */
final class WorkerOptions {
  private static final Pattern DEVICE = Pattern.compile("auto|cpu|cuda(:\\d{1,2})?");
  private static final Pattern HEAP = Pattern.compile("\\d{1,6}[kKmMgG]");

  @Option(
      names = "--devices",
      paramLabel = "DEVICE",
      split = ",",
      description =
          "A worker for each of these: auto, cpu, cuda or cuda:N (default: auto, which is one).")
  private List<String> devices = List.of("auto");

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      defaultValue = "1g",
      description =
          "Java's share of a worker's memory; networks and videos lie beside it (default:"
              + " ${DEFAULT-VALUE}).")
  private String heap = "1g";

  @Option(
      names = "--drain",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description =
          "How long what is being made may go on when the process is told to stop, before it goes"
              + " back to the queue (default: ${DEFAULT-VALUE}).")
  private int drain;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "Of this process among all on the database and the store (default: that of the host).")
  private @Nullable String name;

  /** Under the name that was said. */
  JobsConfig named(JobsConfig config) {
    try {
      return name == null ? config : config.withName(name);
    } catch (IllegalArgumentException e) {
      throw new UsageError("--name: " + e.getMessage());
    }
  }

  /** Whether anything was said of processes that compute. */
  boolean said() {
    return !devices.equals(List.of("auto")) || !heap.equals("1g");
  }

  /** One for each device. */
  List<WorkerSettings> settings() {
    if (!HEAP.matcher(heap).matches()) {
      throw new UsageError("--heap is a size as 1g or 800m, not '%s'".formatted(heap));
    }
    List<WorkerSettings> settings = new ArrayList<>();
    for (String device : devices) {
      if (!DEVICE.matcher(device).matches()) {
        throw new UsageError("--devices: auto, cpu, cuda or cuda:N, not '%s'".formatted(device));
      }
      settings.add(new WorkerSettings(device, heap, List.of(), Map.of()));
    }
    return settings;
  }

  /** Seconds. */
  int drain() {
    if (drain < 0 || drain > 86_400) {
      throw new UsageError("--drain is 0 to 86400 seconds, not %s".formatted(drain));
    }
    return drain;
  }
}
