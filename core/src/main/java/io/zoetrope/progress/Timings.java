package io.zoetrope.progress;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where the time went, from the start of the process on. */
public final class Timings {
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private long last = System.nanoTime();
  private double total;

  /** Counts what passed since the process started as {@code name}, the first stretch. */
  public void sinceProcessStart(String name) {
    age().ifPresent(age -> add(name, age));
    last = System.nanoTime();
  }

  /**
   * As {@link #sinceProcessStart}, of Java alone: where something else was done before it began.
   */
  public void sinceJavaStart(String name) {
    add(name, ManagementFactory.getRuntimeMXBean().getUptime() / 1e3);
    last = System.nanoTime();
  }

  /** Seconds that this process has lived. Linux tells starts by a clock of its own. */
  private static Optional<Double> age() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      // Field 22, counted from the state behind the name: hundredths of a second after boot.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      String uptime = Files.readString(Path.of("/proc/uptime"));
      return Optional.of(
          Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')))
              - Long.parseLong(fields[19]) / 100.0);
    } catch (IOException | RuntimeException e) {
      // Elsewhere the process knows the wall clock of its start, rounded to a second by some.
      return ProcessHandle.current()
          .info()
          .startInstant()
          .map(start -> Duration.between(start, Instant.now()).toNanos() / 1e9);
    }
  }

  /** Counts what passed since the last call as {@code name}. */
  public void mark(String name) {
    long now = System.nanoTime();
    add(name, (now - last) / 1e9);
    last = now;
  }

  /** Counts what another has counted, and begins to count anew. */
  public void add(Timings other) {
    other.seconds.forEach((name, stretch) -> seconds.merge(name, stretch, Double::sum));
    total += other.total;
    last = System.nanoTime();
  }

  private void add(String name, double stretch) {
    total += stretch;
    seconds.merge(name, round(stretch), Double::sum);
  }

  public double total() {
    return round(total);
  }

  /** Seconds by name, in the order of their first mark, then their {@code total}. */
  public Map<String, Double> fields() {
    Map<String, Double> fields = new LinkedHashMap<>(seconds);
    fields.put("total", total());
    return fields;
  }

  /** {@code 5.2 s (start 0.4, load 0.8, ...)}. */
  @Override
  public String toString() {
    return seconds.entrySet().stream()
        .map(e -> String.format(Locale.ROOT, "%s %.1f", e.getKey(), e.getValue()))
        .collect(Collectors.joining(", ", String.format(Locale.ROOT, "%.1f s (", total), ")"));
  }

  private static double round(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
