package io.zoetrope.curation.near;

import java.util.ArrayList;
import java.util.Comparator;
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
  public static final double ALIKE = 0.02;

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
      for (Pair pair : candidates(bucket)) {
        ClipHash a = hashes.get(pair.a());
        ClipHash b = hashes.get(pair.b());
        if (seen.add(pair) && a != null && b != null && pair.same(a, b, alike)) {
          joined.join(pair.a(), pair.b());
        }
      }
    }
    return joined.groups();
  }

  /** Pairs of one bucket. */
  public static List<Pair> candidates(List<Side> bucket) {
    List<Side> sorted =
        bucket.stream()
            .sorted(Comparator.comparing(Side::key).thenComparing(Side::mirrored))
            .toList();
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i++) {
      for (int j = i + 1; j < Math.min(sorted.size(), i + CROWD); j++) {
        Side a = sorted.get(i);
        Side b = sorted.get(j);
        if (!a.key().equals(b.key())) {
          pairs.add(new Pair(a.key(), b.key(), a.mirrored() != b.mirrored()));
        }
      }
    }
    return pairs;
  }

  private static void put(Map<Long, List<Side>> buckets, long band, Side side) {
    buckets.computeIfAbsent(band, b -> new ArrayList<>()).add(side);
  }

  /**
   * A clip in a bucket.
   *
   * @param mirrored whether it is there by its mirrored look
   */
  public record Side(String key, boolean mirrored) {}

  /**
   * Two clips that may be copies.
   *
   * @param a the smaller key
   * @param b the larger
   * @param mirrored whether one of the other's mirror
   */
  public record Pair(String a, String b, boolean mirrored) {
    /** Whether they are. */
    public boolean same(ClipHash first, ClipHash second, double alike) {
      return (mirrored ? first.mirrored() : first).to(second) <= alike;
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
