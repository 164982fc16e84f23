package io.zoetrope.curation.near;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Clips that are copies of each other, as they are or mirrored. Who is whose copy is told by pairs;
 * a group is all that hang together by them.
 */
public final class Groups {
  /** Of the algorithm. */
  public static final int VERSION = 1;

  /** How far the colours of copies are apart at most. */
  public static final double ALIKE = 0.025;

  /** Clips of one bucket that are compared; in a larger one, each with so many that follow. */
  private static final int CROWD = 2000;

  private Groups() {}

  /**
   * Groups of two or more.
   *
   * @param hashes of clips by their keys
   * @param alike how far their colours are apart at most
   * @return each clip that has a copy, and the smallest key of its group
   */
  public static SortedMap<String, String> of(SortedMap<String, ClipHash> hashes, double alike) {
    Map<Long, List<Side>> buckets = new HashMap<>();
    hashes.forEach((key, hash) -> {
      hash.bands().forEach(b -> put(buckets, b, new Side(key, false)));
      hash.mirrored().bands().forEach(b -> put(buckets, b, new Side(key, true)));
    });
    Joined joined = new Joined();
    Set<Pair> seen = new HashSet<>();
    for (List<Side> bucket : buckets.values()) {
      for (int i = 0; i < bucket.size(); i++) {
        for (int j = i + 1; j < Math.min(bucket.size(), i + CROWD); j++) {
          Side a = bucket.get(i);
          Side b = bucket.get(j);
          if (!a.key().equals(b.key()) && seen.add(Pair.of(a, b)) && same(hashes, a, b, alike)) {
            joined.join(a.key(), b.key());
          }
        }
      }
    }
    return joined.groups();
  }

  /** Whether two clips are the same. */
  public static boolean same(ClipHash a, ClipHash b, boolean mirrored, double alike) {
    return (mirrored ? a.mirrored() : a).to(b) <= alike;
  }

  private static boolean same(Map<String, ClipHash> hashes, Side a, Side b, double alike) {
    ClipHash one = hashes.get(a.key());
    ClipHash other = hashes.get(b.key());
    return one != null && other != null && same(one, other, a.mirrored() != b.mirrored(), alike);
  }

  private static void put(Map<Long, List<Side>> buckets, long band, Side side) {
    buckets.computeIfAbsent(band, b -> new ArrayList<>()).add(side);
  }

  private record Side(String key, boolean mirrored) {}

  private record Pair(String a, String b, boolean mirrored) {
    static Pair of(Side a, Side b) {
      boolean turned = a.key().compareTo(b.key()) > 0;
      return new Pair(
          turned ? b.key() : a.key(), turned ? a.key() : b.key(), a.mirrored() != b.mirrored());
    }
  }

  /** What hangs together. */
  public static final class Joined {
    private final Map<String, String> up = new HashMap<>();

    /** The two are of one group. */
    public void join(String a, String b) {
      String x = root(a);
      String y = root(b);
      if (x.compareTo(y) < 0) {
        up.put(y, x);
      } else if (!x.equals(y)) {
        up.put(x, y);
      }
    }

    private String root(String key) {
      String at = key;
      String above = up.putIfAbsent(at, at);
      while (above != null && !above.equals(at)) {
        at = above;
        above = up.get(at);
      }
      up.put(key, at);
      return at;
    }

    /** Each that was joined, and the smallest key of its group. */
    public SortedMap<String, String> groups() {
      SortedMap<String, String> groups = new TreeMap<>();
      for (String key : List.copyOf(up.keySet())) {
        groups.put(key, root(key));
      }
      return groups;
    }
  }
}
