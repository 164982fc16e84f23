package io.zoetrope.curation;

import io.zoetrope.curation.cut.CutFinder;
import io.zoetrope.curation.look.Looker;
import io.zoetrope.curation.look.Looker.Ask;
import io.zoetrope.curation.look.Looker.Measured;
import io.zoetrope.curation.look.Looker.Scan;
import io.zoetrope.curation.look.Looker.Span;
import io.zoetrope.curation.look.Looker.Value;
import io.zoetrope.curation.measure.Measures;
import io.zoetrope.curation.table.ClipRow;
import io.zoetrope.curation.table.CutsRow;
import io.zoetrope.curation.table.FileRow;
import io.zoetrope.curation.table.ProbeRow;
import io.zoetrope.curation.table.ScoreRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is done with one video: rows in, rows out. The command line and a cluster call these, and so
 * make the same rows.
 */
public final class Stages {
  private Stages() {}

  /**
   * The two rows that one reading makes.
   *
   * @param cuts of a video that cannot be read there are none
   */
  public record Scanned(ProbeRow probe, CutsRow cuts) {}

  /** A measure's row. */
  public record Scored(String measure, ScoreRow row) {}

  /** What a clip still wants. */
  public record Wanted(ClipRow clip, List<String> measures) {
    public Wanted {
      measures = List.copyOf(measures);
    }
  }

  /** Looks at a video. */
  public static Scanned scan(Looker looker, Path root, FileRow file) {
    Scan scan = looker.scan(root.resolve(file.path()));
    ProbeRow p = scan.probe();
    return new Scanned(
        new ProbeRow(
            file.video(),
            p.version(),
            p.readable(),
            p.reason(),
            p.width(),
            p.height(),
            p.fps(),
            p.frames(),
            p.seconds(),
            p.top(),
            p.bottom(),
            p.left(),
            p.right(),
            p.black(),
            p.frozen(),
            p.took()),
        CutsRow.of(file.video(), CutFinder.VERSION, scan.cuts()));
  }

  /**
   * Measures clips of one video.
   *
   * @param wanted of this video, in the order of their frames
   */
  public static List<Scored> measure(
      Looker looker, Path root, ProbeRow probe, List<Wanted> wanted, Measures measures) {
    List<Span> spans =
        wanted.stream()
            .map(w -> new Span(w.clip().from(), w.clip().to(), w.clip().caption(), w.measures()))
            .toList();
    Path file = root.resolve(wanted.getFirst().clip().path());
    Measured measured = looker.measure(new Ask(file, probe, spans));
    List<Scored> rows = new ArrayList<>();
    for (Wanted w : wanted) {
      for (String name : w.measures()) {
        Value value =
            measured.reason().isEmpty()
                ? measured.values().get(rows.size())
                : new Value(Optional.empty(), "", measured.reason(), 0);
        rows.add(
            new Scored(
                name,
                new ScoreRow(
                    w.clip().clip(),
                    measures.of(name).version(),
                    value.value(),
                    value.text(),
                    value.reason(),
                    Math.rint(value.took() * 1e6) / 1e6)));
      }
    }
    return rows;
  }
}
