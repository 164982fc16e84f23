package io.zoetrope.curation;

import io.zoetrope.curation.table.ClipRow;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which of a group of copies stays: the largest, then the longest, then that of the first key. */
public final class Copies {
  private static final Comparator<ClipRow> BETTER =
      Comparator.comparingLong((ClipRow c) -> (long) c.width() * c.height())
          .thenComparingInt(c -> c.to() - c.from())
          .reversed()
          .thenComparing(ClipRow::clip);

  private Copies() {}

  /**
   * Those that do not stay.
   *
   * @param groups of clips that have copies
   * @return of each, the one that stays for it
   */
  public static SortedMap<String, String> lesser(
      List<ClipRow> clips, SortedMap<String, String> groups) {
    Map<String, ClipRow> best = new HashMap<>();
    for (ClipRow clip : clips) {
      String group = groups.get(clip.clip());
      if (group != null) {
        best.merge(group, clip, (a, b) -> BETTER.compare(a, b) <= 0 ? a : b);
      }
    }
    SortedMap<String, String> lesser = new TreeMap<>();
    groups.forEach((clip, group) -> {
      ClipRow stays = best.get(group);
      if (stays != null && !stays.clip().equals(clip)) {
        lesser.put(clip, stays.clip());
      }
    });
    return lesser;
  }
}
