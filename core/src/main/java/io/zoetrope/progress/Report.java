package io.zoetrope.progress;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * How far one phase of long work is.
 *
 * @param phase what is being done
 * @param done units of it that are finished, 0 or more
 * @param total units in all; {@link #ENDLESS} or more if the work ends only when it is stopped
 * @param row of the timestep plan that was just reached; empty where none is walked
 * @param firstFrame number of the first frame that is worked on, in the whole video: more than 0 in
 *     a later clip of a long video, in a window that moves, and in a later stretch of frames
 * @param preview the clean latents as estimated by now, [B, C, F, H, W]; made on demand, valid only
 *     during the call that reports; empty if there are none
 * @param words a few words more, such as the loss; may be empty
 */
public record Report(
    Phase phase,
    long done,
    long total,
    Optional<Row> row,
    long firstFrame,
    Supplier<Optional<Tensor>> preview,
    String words) {

  /** So many units are not meant to be done. */
  public static final long ENDLESS = 1_000_000_000_000_000L;

  /**
   * A row of a timestep plan.
   *
   * @param number from 1
   * @param of how many rows are walked
   * @param levels that frames are at there, from the first that is worked on
   */
  public record Row(int number, int of, List<Double> levels) {
    public Row {
      levels = List.copyOf(levels);
    }

    /** Of a plan's numbers. */
    public static Row of(int number, int of, double[] levels) {
      return new Row(number, of, Arrays.stream(levels).boxed().toList());
    }
  }

  public Report {
    if (done < 0 || total < 0 || firstFrame < 0) {
      throw new IllegalArgumentException(
          "no progress: %s of %s from frame %s".formatted(done, total, firstFrame));
    }
  }

  /** So many of so many, and nothing more to say. */
  public static Report of(Phase phase, long done, long total) {
    return new Report(phase, done, total, Optional.empty(), 0, Optional::empty, "");
  }

  /** Whether the work ends only when it is stopped. */
  public boolean endless() {
    return total >= ENDLESS;
  }

  /** How many of so many units are done, where all of them are what is counted here. */
  long share(long units) {
    return total == 0 || total == units ? Math.min(done, units) : units * done / total;
  }

  public Report count(long doneInstead, long totalInstead) {
    return new Report(phase, doneInstead, totalInstead, row, firstFrame, preview, words);
  }

  public Report row(Row value) {
    return new Report(phase, done, total, Optional.of(value), firstFrame, preview, words);
  }

  public Report firstFrame(long value) {
    return new Report(phase, done, total, row, value, preview, words);
  }

  public Report preview(Supplier<Optional<Tensor>> value) {
    return new Report(phase, done, total, row, firstFrame, value, words);
  }

  public Report words(String value) {
    return new Report(phase, done, total, row, firstFrame, preview, value);
  }
}
