package io.zoetrope.train;

import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/** Running means since the last line of the log. */
final class MetricsWindow {
  /** Its state, for checkpoints. */
  record State(Map<String, Double> sums, Map<String, Long> counts) {}

  private final TreeMap<String, Double> sums = new TreeMap<>();
  private final TreeMap<String, Long> counts = new TreeMap<>();

  void add(String name, double value) {
    sums.merge(name, value, Double::sum);
    counts.merge(name, 1L, Long::sum);
  }

  /** The means, in order of names; empties the window. */
  SequencedMap<String, Double> drain() {
    TreeMap<String, Double> means = new TreeMap<>();
    sums.forEach((name, sum) -> means.put(name, sum / counts.getOrDefault(name, 1L)));
    sums.clear();
    counts.clear();
    return means;
  }

  State state() {
    return new State(new TreeMap<>(sums), new TreeMap<>(counts));
  }

  void restore(State state) {
    sums.clear();
    sums.putAll(state.sums);
    counts.clear();
    counts.putAll(state.counts);
  }
}
