package io.zoetrope.spark.batch;

import io.zoetrope.record.RecordWriter;
import io.zoetrope.torch.AtomicFiles;
import java.nio.file.Path;
import java.util.Locale;

/**
 * How far a batch is, for people and as {@code progress.json} for programs.
 *
 * @param state running, done, failed or cancelled
 * @param total clips of this run
 * @param done those that have a row, or whose task is about to write it
 * @param failed those of them that are errors; of tasks at their end
 * @param share of the work, 0 to 1
 * @param seconds since it began
 */
record Course(String state, long total, long done, long failed, double share, double seconds) {
  /** One line. */
  String line() {
    double left = share > 0.01 ? seconds * (1 - share) / share : 0;
    return "%s of %s clips%s, %s s%s"
        .formatted(
            done,
            total,
            failed == 0 ? "" : ", " + failed + " failed",
            whole(seconds),
            left > 0 && state.equals("running") ? ", about %s s to go".formatted(whole(left)) : "");
  }

  private static String whole(double seconds) {
    return String.format(Locale.ROOT, "%.0f", seconds);
  }

  /** Into the folder. */
  void write(Path root) {
    AtomicFiles.text(root.resolve("progress.json"), RecordWriter.write(this) + "\n");
  }
}
