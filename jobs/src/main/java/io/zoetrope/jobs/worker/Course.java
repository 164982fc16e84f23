package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.JobProgress;
import io.zoetrope.progress.Eta;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Tells how far an attempt is, over all its phases. */
final class Course implements Progress {
  /** A phase's part of the whole, in percent: where it begins and ends. */
  private record Share(int from, int to) {}

  private static final Map<Phase, Share> SHARES = new EnumMap<>(Phase.class);

  static {
    SHARES.put(Phase.LOAD, new Share(0, 4));
    SHARES.put(Phase.READ, new Share(4, 6));
    SHARES.put(Phase.ENCODE, new Share(6, 10));
    SHARES.put(Phase.SAMPLE, new Share(10, 90));
    SHARES.put(Phase.DECODE, new Share(90, 98));
    SHARES.put(Phase.WRITE, new Share(90, 99));
  }

  private static final long PAUSE = 100_000_000;

  private final Teller teller;
  private final BooleanSupplier stopped;
  private final Pace pace;
  private final Eta eta = new Eta();
  private long pixels;
  private long sampled = System.nanoTime();
  private int percent;
  private int row;
  private int preview;
  private boolean fresh;
  private long told;
  private long frame;
  private Optional<Double> left = Optional.empty();
  private Optional<Phase> phase = Optional.of(Phase.LOAD);

  Course(Teller teller, Pace pace, BooleanSupplier stopped) {
    this.teller = teller;
    this.pace = pace;
    this.stopped = stopped;
  }

  @Override
  public void update(Report report) {
    Share share = SHARES.getOrDefault(report.phase(), new Share(0, 0));
    if (!report.endless() && report.total() > 0) {
      long part =
          (share.to - share.from) * Math.min(report.done(), report.total()) / report.total();
      percent = Math.max(percent, (int) (share.from + part));
    }
    Optional<Report.Row> reached = report.phase() == Phase.SAMPLE ? report.row() : Optional.empty();
    boolean news = reached.isPresent() || !phase.equals(Optional.of(report.phase()));
    row = reached.map(Report.Row::number).orElse(row);
    phase = Optional.of(report.phase());
    frame = report.firstFrame();
    left = left(report);
    if (news || System.nanoTime() - told >= PAUSE) {
      tell();
    }
    reached.ifPresent(at -> {
      teller.tell(new Tell.Step(row, at.of(), at.levels(), frame, fresh ? preview : 0));
      fresh = false;
    });
  }

  /** How long it goes on; before frames are sampled nobody knows. */
  private Optional<Double> left(Report report) {
    boolean sampling = report.phase() == Phase.SAMPLE;
    if (!sampling && report.phase().compareTo(Phase.SAMPLE) < 0) {
      return Optional.empty();
    }
    if (sampling) {
      sampled = System.nanoTime();
    }
    double rest = sampling ? pace.seconds(pixels) : 0;
    return eta.left(report).map(span -> span.toMillis() / 1e3 + rest);
  }

  /** So many pixels will be made, of all frames. */
  void shape(long all) {
    pixels = all;
  }

  /** All is made. */
  void end() {
    pace.learn(pixels, System.nanoTime() - sampled);
  }

  /** There is a picture of a step, which is told with what comes next. */
  void previewed(int of) {
    preview = of;
    fresh = true;
  }

  /** Tells it as it is. */
  void tell() {
    told = System.nanoTime();
    teller.tell(
        new Tell.At(new JobProgress(phase.map(Phase::doing), percent, row, frame, left, preview)));
  }

  @Override
  public boolean cancelled() {
    return stopped.getAsBoolean();
  }
}
