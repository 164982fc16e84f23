package io.zoetrope.jobs.worker;

import io.zoetrope.error.UserError;
import io.zoetrope.record.RecordReader;
import io.zoetrope.record.RecordWriter;
import java.util.Optional;

/** Asks and tells as lines. */
final class Wire {
  private record Asked(Ask ask) {}

  private record Told(Tell tell) {}

  private Wire() {}

  static String line(Ask ask) {
    return RecordWriter.write(new Asked(ask));
  }

  static String line(Tell tell) {
    return RecordWriter.write(new Told(tell));
  }

  /**
   * What a worker is told.
   *
   * @throws UserError if a line is none
   */
  static Ask ask(String line) {
    return RecordReader.read("ask", line, Asked.class).ask();
  }

  /** What a worker tells; empty if a line is something else, that a library printed. */
  static Optional<Tell> tell(String line) {
    if (!line.startsWith("{\"tell\":")) {
      return Optional.empty();
    }
    try {
      return Optional.of(RecordReader.read("tell", line, Told.class).tell());
    } catch (UserError e) {
      return Optional.empty();
    }
  }
}
