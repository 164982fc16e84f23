package io.zoetrope.curation.table;

import io.zoetrope.curation.cut.Cut;
import java.util.Comparator;
import java.util.List;

/**
 * Where a video's shots change.
 *
 * @param video its key
 * @param version of the algorithm
 * @param cuts in order
 */
public record CutsRow(String video, int version, List<At> cuts) {
  public CutsRow {
    cuts = List.copyOf(cuts);
  }

  /**
   * One of them.
   *
   * @param from frame, as {@link Cut} has it
   * @param to frame
   * @param passes which found it, in the order of their names
   */
  public record At(int from, int to, Cut.Kind kind, List<Cut.Pass> passes) {
    public At {
      passes = List.copyOf(passes);
    }

    static At of(Cut cut) {
      return new At(
          cut.from(),
          cut.to(),
          cut.kind(),
          cut.passes().stream().sorted(Comparator.comparing(Enum::name)).toList());
    }
  }

  /** Of what was found. */
  public static CutsRow of(String video, int version, List<Cut> cuts) {
    return new CutsRow(video, version, cuts.stream().map(At::of).toList());
  }
}
