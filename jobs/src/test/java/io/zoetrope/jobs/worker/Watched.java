package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobProgress;
import io.zoetrope.jobs.Runner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Remembers what an attempt told. */
final class Watched implements Runner.Watch {
  private final Supplier<Runner.Signal> signal;
  private final List<JobProgress> progress = new ArrayList<>();
  private final List<Integer> rows = new ArrayList<>();
  private final List<Integer> pictures = new ArrayList<>();
  private final List<double[]> levels = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private Job.Shape shape = Job.Shape.UNKNOWN;
  private final Map<Integer, Runnable> then = new HashMap<>();
  private long frames;

  Watched(Supplier<Runner.Signal> signal) {
    this.signal = signal;
  }

  @Override
  public void shape(Job.Shape made) {
    shape = made;
  }

  @Override
  public void progress(JobProgress now) {
    progress.add(now);
  }

  @Override
  public void step(int row, int of, double[] rowLevels, long offset, int picture) {
    rows.add(row);
    levels.add(rowLevels);
    pictures.add(picture);
    then.getOrDefault(row, () -> {}).run();
  }

  @Override
  public void frames(long finished) {
    frames = finished;
  }

  @Override
  public void note(String line) {
    notes.add(line);
  }

  @Override
  public Runner.Signal signal() {
    return signal.get();
  }

  /** Does something when a row is reached. */
  void at(int row, Runnable what) {
    then.put(row, what);
  }

  Job.Shape shape() {
    return shape;
  }

  List<JobProgress> progress() {
    return progress;
  }

  List<Integer> rows() {
    return rows;
  }

  List<Integer> pictures() {
    return pictures;
  }

  List<double[]> levels() {
    return levels;
  }

  List<String> notes() {
    return notes;
  }

  long frames() {
    return frames;
  }

  List<Integer> percents() {
    return progress.stream().map(JobProgress::percent).toList();
  }

  List<String> phases() {
    return progress.stream().flatMap(p -> p.phase().stream()).distinct().toList();
  }
}
