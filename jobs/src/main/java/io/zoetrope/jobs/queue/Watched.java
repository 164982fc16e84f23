package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobProgress;
import io.zoetrope.jobs.Runner;
import io.zoetrope.jobs.Runner.Signal;
import io.zoetrope.jobs.store.LeaseTable.Lease;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An attempt that is being made: takes what its runner tells, until the next beat writes it down,
 * and says whether the runner may go on.
 */
final class Watched implements Runner.Watch {
  private static final int MOST_NOTES = 200;

  private final ReentrantLock writing = new ReentrantLock();
  private final Lease lease;
  private final List<Told> told = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private Job.Shape shape;
  private JobProgress progress = JobProgress.NONE;
  private boolean changed;
  private boolean tell;
  private int preview;
  private boolean cancelled;
  private boolean stopped;
  private boolean lost;

  Watched(Lease lease, Job job) {
    this.lease = lease;
    this.shape = job.shape();
    this.preview = job.progress().preview();
  }

  /** An event to be. */
  record Told(String type, Map<String, Object> data) {}

  /**
   * What has been told since the last time.
   *
   * @param told events to be
   * @param tell whether the job itself is another: its phase, its shape, its notes
   */
  record Report(
      Job.Shape shape, JobProgress progress, List<String> notes, List<Told> told, boolean tell) {}

  Lease lease() {
    return lease;
  }

  /** Held by whoever writes its reports down, so that they are written in order. */
  ReentrantLock writing() {
    return writing;
  }

  JobId id() {
    return lease.id();
  }

  @Override
  public synchronized void shape(Job.Shape now) {
    tell = tell || !now.equals(shape);
    shape = now;
    changed = true;
  }

  @Override
  public synchronized void progress(JobProgress now) {
    tell = tell || !now.phase().equals(progress.phase());
    preview = Math.max(preview, now.preview());
    progress =
        new JobProgress(
            now.phase(),
            Math.clamp(now.percent(), 0, 99),
            now.step(),
            now.frameOffset(),
            now.etaSeconds(),
            preview);
    changed = true;
  }

  @Override
  public synchronized void step(int row, int rows, double[] levels, long offset, int picture) {
    preview = Math.max(preview, picture);
    progress =
        new JobProgress(
            progress.phase().or(() -> Optional.of("sampling")),
            progress.percent(),
            row,
            offset,
            progress.etaSeconds(),
            preview);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("job", id().text());
    data.put("row", row);
    data.put("rows", rows);
    data.put("levels", levels.clone());
    data.put("offset", offset);
    data.put("preview", picture > 0);
    data.put("picture", picture > 0 ? picture : null);
    data.put("eta_seconds", progress.etaSeconds().orElse(null));
    data.put("progress", progress.percent());
    told.add(new Told("step", data));
    changed = true;
  }

  @Override
  public synchronized void frames(long finished) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("job", id().text());
    data.put("frames", finished);
    told.removeIf(last -> last.type().equals("frame"));
    told.add(new Told("frame", data));
    changed = true;
  }

  @Override
  public synchronized void note(String line) {
    if (notes.size() < MOST_NOTES) {
      notes.add(line);
      changed = true;
      tell = true;
    }
  }

  @Override
  public synchronized Signal signal() {
    if (lost || stopped) {
      return Signal.STOP;
    }
    return cancelled ? Signal.CANCEL : Signal.GO;
  }

  /** Nobody wants it any more. */
  synchronized void cancel() {
    cancelled = true;
  }

  /** Another attempt will be made. */
  synchronized void stop() {
    stopped = true;
  }

  /** It is somebody else's: nothing that it makes counts. */
  synchronized void lose() {
    lost = true;
  }

  synchronized boolean lost() {
    return lost;
  }

  /** A report could not be written down: what it told is told again. */
  synchronized void again(Report report) {
    told.addAll(0, report.told());
    tell = tell || report.tell();
    changed = true;
  }

  /** What is new; empty if nothing is. */
  synchronized Optional<Report> report() {
    if (!changed || lost) {
      return Optional.empty();
    }
    changed = false;
    Report report = new Report(shape, progress, List.copyOf(notes), List.copyOf(told), tell);
    told.clear();
    tell = false;
    return Optional.of(report);
  }
}
