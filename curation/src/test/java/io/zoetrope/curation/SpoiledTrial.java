package io.zoetrope.curation;

import io.zoetrope.curation.toybox.SpoiledClips;
import io.zoetrope.curation.toybox.SpoiledClips.Spoiled;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.record.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;

/**
 * Trial C2: what curation is worth to a training. {@code make DIR COUNT SEED SIDE} writes spoiled
 * clips; {@code grade DIR} says how well the tables of {@code zoetrope curate DIR/clips --out
 * DIR/out} tell them, and lays out the clips of four trainings beside each other: all, curated, as
 * many at random, as many of which nothing is wrong. {@code bench/curation.sh} does all of it.
 */
final class SpoiledTrial {
  private SpoiledTrial() {}

  /** What is wrong with a file, in truth. */
  record Truth(String file, boolean still, boolean written, boolean wrong, boolean cut) {
    boolean clean() {
      return !still && !written && !wrong && !cut;
    }
  }

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[1]);
    if (args[0].equals("make")) {
      make(folder, Long.parseLong(args[2]), Long.parseLong(args[3]), Integer.parseInt(args[4]));
    } else {
      System.out.print(grade(folder));
    }
  }

  /** Writes clips with captions, and the truth where nobody looks. */
  static void make(Path folder, long count, long seed, int side) throws IOException {
    Path clips = Files.createDirectories(folder.resolve("clips"));
    SpoiledClips spoiled = new SpoiledClips(seed, side);
    List<String[]> lines =
        LongStream.range(0, count)
            .parallel()
            .mapToObj(i -> {
              Spoiled one = spoiled.get(i);
              String name = String.format(Locale.ROOT, "%06d.mp4", i);
              VideoWriter.write(clips.resolve(name), one.clip().video());
              return new String[] {
                line(Map.of("file_name", name, "text", one.clip().caption())),
                line(new Truth(name, one.still(), one.written(), one.wrong(), one.cut()))
              };
            })
            .toList();
    Files.write(clips.resolve("captions.jsonl"), lines.stream().map(l -> l[0]).toList());
    Files.write(folder.resolve("truth.jsonl"), lines.stream().map(l -> l[1]).toList());
  }

  private static String line(Object value) {
    return Json.MAPPER.writeValueAsString(value);
  }

  /** The area under the curve of scores that should be larger for what is spoiled, and a table. */
  static String grade(Path folder) throws IOException {
    Map<String, Truth> truth = new LinkedHashMap<>();
    for (String line : Files.readAllLines(folder.resolve("truth.jsonl"))) {
      Truth one = Json.MAPPER.readValue(line, Truth.class);
      truth.put(one.file(), one);
    }
    Path tables = folder.resolve("out/tables");
    Map<String, String> fileOf = new HashMap<>();
    Map<String, Integer> parts = new HashMap<>();
    for (JsonNode clip : rows(tables.resolve("clips.jsonl"))) {
      fileOf.put(clip.path("clip").asString(), clip.path("path").asString());
      parts.merge(clip.path("path").asString(), 1, Integer::sum);
    }
    StringBuilder out = new StringBuilder();
    out.append(auc("still", "still", 1, tables, fileOf, truth, Truth::still));
    out.append(auc("motion", "still", -1, tables, fileOf, truth, Truth::still));
    out.append(auc("text", "written", 1, tables, fileOf, truth, Truth::written));
    out.append(auc("toy-fit", "wrong", -1, tables, fileOf, truth, Truth::wrong));
    int[] cuts = new int[3];
    truth
        .values()
        .forEach(t -> {
          boolean said = parts.getOrDefault(t.file(), 0) != 1;
          cuts[0] += said && t.cut() ? 1 : 0;
          cuts[1] += said && !t.cut() ? 1 : 0;
          cuts[2] += !said && t.cut() ? 1 : 0;
        });
    out.append(
        String.format(
            Locale.ROOT,
            "%-8s precision %.3f recall %.3f%n",
            "cut",
            cuts[0] / Math.max(1.0, cuts[0] + cuts[1]),
            cuts[0] / Math.max(1.0, cuts[0] + cuts[2])));
    List<String> curated = new ArrayList<>();
    for (JsonNode clip : rows(tables.resolve("kept.jsonl"))) {
      curated.add(clip.path("path").asString());
    }
    List<String> files = List.copyOf(truth.keySet());
    List<String> clean =
        files.stream().filter(f -> spoiledBy(truth, f).clean()).limit(curated.size()).toList();
    // Files are in no order: every so-manieth is as good as any.
    List<String> some = new ArrayList<>();
    for (int i = 0; i < curated.size(); i++) {
      some.add(files.get((int) ((long) i * files.size() / curated.size())));
    }
    arm(folder, "all", files, truth, out);
    arm(folder, "curated", curated, truth, out);
    arm(folder, "random", some, truth, out);
    arm(folder, "oracle", clean, truth, out);
    return out.toString();
  }

  private static Truth spoiledBy(Map<String, Truth> truth, String file) {
    return truth.getOrDefault(file, new Truth(file, true, true, true, true));
  }

  private static List<JsonNode> rows(Path table) throws IOException {
    return Files.readAllLines(table).stream().map(Json.MAPPER::readTree).toList();
  }

  private static String auc(
      String measure,
      String of,
      int sign,
      Path tables,
      Map<String, String> fileOf,
      Map<String, Truth> truth,
      Predicate<Truth> spoiled)
      throws IOException {
    List<Double> bad = new ArrayList<>();
    List<Double> good = new ArrayList<>();
    for (JsonNode row : rows(tables.resolve("measure-" + measure + ".jsonl"))) {
      String file = fileOf.get(row.path("clip").asString());
      if (file != null && row.path("value").isNumber()) {
        double value = sign * row.path("value").doubleValue();
        (spoiled.test(spoiledBy(truth, file)) ? bad : good).add(value);
      }
    }
    double wins = 0;
    for (double b : bad) {
      for (double g : good) {
        wins += b > g ? 1 : b == g ? 0.5 : 0;
      }
    }
    return String.format(
        Locale.ROOT,
        "%-8s AUC %.3f of '%s' (%d spoiled, %d not)%n",
        measure,
        wins / Math.max(1.0, (double) bad.size() * good.size()),
        of,
        bad.size(),
        good.size());
  }

  /** A folder of links to clips, with their captions. */
  private static void arm(
      Path folder, String name, List<String> files, Map<String, Truth> truth, StringBuilder out)
      throws IOException {
    Path arm = Files.createDirectories(folder.resolve("arms").resolve(name));
    Map<String, String> captions = new HashMap<>();
    for (JsonNode line : rows(folder.resolve("clips/captions.jsonl"))) {
      captions.put(line.path("file_name").asString(), line.path("text").asString());
    }
    List<String> lines = new ArrayList<>();
    for (String file : files) {
      if (!Files.exists(arm.resolve(file))) {
        try {
          Files.createLink(arm.resolve(file), folder.resolve("clips").resolve(file));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      lines.add(line(Map.of("file_name", file, "text", captions.getOrDefault(file, ""))));
    }
    Files.write(arm.resolve("captions.jsonl"), lines);
    long clean = files.stream().filter(f -> spoiledBy(truth, f).clean()).count();
    out.append(
        String.format(
            Locale.ROOT,
            "%-8s %5d clips, %.1f %% without fault%n",
            name,
            files.size(),
            100.0 * clean / Math.max(1, files.size())));
  }
}
