package io.zoetrope.jobs.worker;

import java.util.List;
import java.util.Map;

/**
 * How a worker is started.
 *
 * @param device that it computes on: auto, cpu, cuda or cuda:N, whatever an order says
 * @param heap of Java, as {@code -Xmx} takes it; networks and videos lie beside it
 * @param flags of Java besides the usual ones
 * @param environment variables besides those of this process
 */
public record WorkerSettings(
    String device, String heap, List<String> flags, Map<String, String> environment) {
  /** On the best device that is there. */
  public static final WorkerSettings USUAL = on("auto");

  public WorkerSettings {
    flags = List.copyOf(flags);
    environment = Map.copyOf(environment);
  }

  /** On a device. */
  public static WorkerSettings on(String device) {
    return new WorkerSettings(device, "1g", List.of(), Map.of());
  }
}
