package io.zoetrope.spark.curate;

import io.zoetrope.curation.near.ClipHash;
import io.zoetrope.curation.near.Groups;
import io.zoetrope.curation.near.Groups.Pair;
import io.zoetrope.curation.near.Groups.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.apache.spark.api.java.JavaPairRDD;
import scala.Tuple2;

/**
 * Copies by a join: clips meet in buckets of their hash's bands, and pairs that met are compared by
 * their colours where those are. Only pairs that are copies come to the driver.
 */
final class CopyPairs {
  private CopyPairs() {}

  /** As {@link Groups#of}. */
  static SortedMap<String, String> groups(JavaPairRDD<String, String> looks, double alike) {
    JavaPairRDD<String, Tuple2<String, Boolean>> pairs =
        looks
            .flatMapToPair(look -> sides(look._1(), look._2()).iterator())
            .groupByKey()
            .flatMap(bucket -> candidates(bucket._2()).iterator())
            .distinct()
            .mapToPair(p -> new Tuple2<>(p._1(), new Tuple2<>(p._2(), p._3())));
    List<Tuple2<String, String>> same =
        pairs
            .join(looks)
            .mapToPair(p ->
                new Tuple2<>(
                    p._2()._1()._1(), new scala.Tuple3<>(p._1(), p._2()._1()._2(), p._2()._2())))
            .join(looks)
            .filter(p -> {
              scala.Tuple3<String, Boolean, String> a = p._2()._1();
              return new Pair(a._1(), p._1(), a._2())
                  .same(ClipHash.parse(a._3()), ClipHash.parse(p._2()._2()), alike);
            })
            .map(p -> new Tuple2<>(p._2()._1()._1(), p._1()))
            .collect();
    Groups.Joined joined = new Groups.Joined();
    same.forEach(pair -> joined.join(pair._1(), pair._2()));
    return joined.groups();
  }

  private static List<Tuple2<Long, Tuple2<String, Boolean>>> sides(String clip, String text) {
    List<Tuple2<Long, Tuple2<String, Boolean>>> sides = new ArrayList<>();
    ClipHash hash = ClipHash.parse(text);
    hash.bands().forEach(band -> sides.add(new Tuple2<>(band, new Tuple2<>(clip, false))));
    hash.mirrored()
        .bands()
        .forEach(band -> sides.add(new Tuple2<>(band, new Tuple2<>(clip, true))));
    return sides;
  }

  private static List<scala.Tuple3<String, String, Boolean>> candidates(
      Iterable<Tuple2<String, Boolean>> bucket) {
    List<Side> sides = new ArrayList<>();
    bucket.forEach(side -> sides.add(new Side(side._1(), side._2())));
    return Groups.candidates(sides).stream()
        .map(p -> new scala.Tuple3<>(p.a(), p.b(), p.mirrored()))
        .toList();
  }
}
