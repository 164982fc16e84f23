package io.zoetrope.app.cli;

import java.lang.ProcessHandle.Info;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Where the time went, from the start of the process on. */
public final class Timings {
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private long last = System.nanoTime();
  private double total;

  /** Counts what passed since the process started as {@code name}, the first stretch. */
  public void sinceProcessStart(String name) {
    Info process = ProcessHandle.current().info();
    process
        .startInstant()
        .ifPresent(start -> add(name, Duration.between(start, Instant.now()).toNanos() / 1e9));
    last = System.nanoTime();
  }

  /** Counts what passed since the last call as {@code name}. */
  public void mark(String name) {
    long now = System.nanoTime();
    add(name, (now - last) / 1e9);
    last = now;
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
