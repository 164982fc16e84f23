package io.zoetrope.curation.look;

import io.zoetrope.curation.look.Looker.Ask;
import io.zoetrope.curation.look.Looker.Measured;
import io.zoetrope.curation.look.Looker.Scan;
import io.zoetrope.curation.table.ProbeRow;
import java.nio.file.Path;
import java.util.Optional;

/** What passes between {@link LookerProcess} and its process, a line each. */
final class LookerTalk {
  /** What an answer's line begins with: libraries print, too. */
  static final String MARK = "looked ";

  private LookerTalk() {}

  /** One of the three. */
  record Asked(Optional<String> scan, Optional<Ask> measure, Optional<Cut> write) {
    static Asked scan(Path file) {
      return new Asked(Optional.of(absolute(file)), Optional.empty(), Optional.empty());
    }

    static Asked measure(Ask ask) {
      return new Asked(Optional.empty(), Optional.of(ask), Optional.empty());
    }

    static Asked write(Path file, ProbeRow probe, int from, int to, Path target) {
      return new Asked(
          Optional.empty(),
          Optional.empty(),
          Optional.of(new Cut(absolute(file), probe, from, to, absolute(target))));
    }

    private static String absolute(Path file) {
      return file.toAbsolutePath().toString();
    }
  }

  /** A clip to be written. */
  record Cut(String file, ProbeRow probe, int from, int to, String target) {}

  /** One of the three. */
  record Answer(Optional<Scan> scan, Optional<Measured> measured, Optional<String> written) {}
}
