package io.zoetrope.curation;

import io.zoetrope.curation.look.LookerProcess;
import io.zoetrope.curation.measure.Measures;
import io.zoetrope.curation.near.ClipHash;
import io.zoetrope.curation.near.Groups;
import io.zoetrope.curation.table.ScoreRow;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Trial: toy films with copies in a folder, curated as the command does. Arguments: a new folder,
 * how many films (twice as many with their copies), their seed, pixels of a side.
 */
final class CurationTrial {
  private CurationTrial() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    ReelFolder films =
        ReelFolder.make(
            folder.resolve("films"),
            Integer.parseInt(args[1]),
            Long.parseLong(args[2]),
            Integer.parseInt(args[3]));
    long start = System.nanoTime();
    Report report =
        new Curation(
                folder.resolve("films"),
                folder.resolve("out"),
                Measures.of(List.of()),
                Curation.Settings.USUAL,
                () -> new LookerProcess(LookerProcess.Settings.USUAL),
                2,
                (stage, done, all) -> {})
            .run();
    System.out.println(report.text());
    System.out.printf("%.1f s%n", (System.nanoTime() - start) / 1e9);
    TreeMap<String, ClipHash> hashes = new TreeMap<>();
    for (Map.Entry<String, ScoreRow> e :
        report.scores().getOrDefault(Measures.LOOK, Map.of()).entrySet()) {
      hashes.put(e.getKey(), ClipHash.parse(e.getValue().text()));
    }
    for (double alike : List.of(0.015, 0.02, 0.025, 0.03, 0.04)) {
      int[] pairs = films.pairs(report, Groups.of(hashes, alike));
      System.out.printf(
          "copies at %.3f: precision %.4f recall %.4f (%d right, %d wrong, %d missed)%n",
          alike,
          (double) pairs[0] / Math.max(1, pairs[0] + pairs[1]),
          (double) pairs[0] / Math.max(1, pairs[0] + pairs[2]),
          pairs[0],
          pairs[1],
          pairs[2]);
    }
  }
}
