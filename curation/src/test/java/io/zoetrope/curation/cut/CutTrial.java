package io.zoetrope.curation.cut;

import io.zoetrope.curation.cut.Cut.Kind;
import io.zoetrope.curation.cut.Cut.Pass;
import io.zoetrope.curation.toybox.Reel;
import io.zoetrope.curation.toybox.ReelMaker;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoReader;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Trial C1: how well cuts of toy films are found, by each pass and by all. Arguments: how many
 * films, their seed, pixels of a side.
 */
final class CutTrial {
  /** How many frames away a cut, and an end of a slow change, still counts. */
  static final int HARD = 1;

  static final int SLOW = 4;

  private CutTrial() {}

  public static void main(String[] args) throws Exception {
    int films = Integer.parseInt(args[0]);
    long seed = Long.parseLong(args[1]);
    int side = Integer.parseInt(args[2]);
    System.out.print(report(films(films, seed, side), args.length > 3));
  }

  /** A film's signatures, and its truth. */
  record Film(List<Signature> film, List<Cut> truth) {}

  /** Films as files have them: encoded and read again. */
  static List<Film> films(int count, long seed, int side) throws Exception {
    Path folder = Files.createTempDirectory("reels");
    ReelMaker maker = new ReelMaker(seed, side, side);
    List<Film> films =
        LongStream.range(0, count)
            .parallel()
            .mapToObj(i -> film(maker.reel(i), folder.resolve(i + ".mp4")))
            .toList();
    Files.delete(folder);
    return films;
  }

  private static Film film(Reel reel, Path file) {
    try {
      VideoWriter.write(file, reel.video(), WriteOptions.at(reel.video().fps()).quality(70));
      Video read = VideoReader.read(file);
      Files.delete(file);
      return new Film(read.frames().stream().map(Signature::of).toList(), reel.cuts());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Counts of one way of finding. */
  static final class Score {
    final Map<Kind, int[]> found = new EnumMap<>(Kind.class);
    int right;
    int wrong;
    int all;

    double precision() {
      return right + wrong == 0 ? 1 : (double) right / (right + wrong);
    }

    double recall() {
      return all == 0 ? 1 : (double) right / all;
    }

    double f1() {
      return 2 * precision() * recall() / Math.max(1e-9, precision() + recall());
    }

    String line() {
      StringBuilder s = new StringBuilder();
      found.forEach(
          (kind, n) -> s.append(String.format("  %s %d/%d, %d wrong", kind, n[0], n[1], n[2])));
      return String.format(
          Locale.ROOT, "precision %.3f  recall %.3f  F1 %.3f%s", precision(), recall(), f1(), s);
    }
  }

  static boolean[] matched(Film film, List<Cut> found, Score score, boolean tell, int number) {
    boolean[] seen = new boolean[film.truth().size()];
    for (Cut cut : found) {
      int hit = -1;
      for (int t = 0; t < seen.length; t++) {
        Cut truth = film.truth().get(t);
        int slack = truth.kind() == Kind.HARD ? HARD : SLOW;
        if (!seen[t]
            && Math.abs(cut.from() - truth.from()) <= slack
            && Math.abs(cut.to() - truth.to()) <= slack) {
          hit = t;
        }
      }
      if (hit >= 0) {
        seen[hit] = true;
        score.right++;
      } else {
        score.wrong++;
        score.found.computeIfAbsent(cut.kind(), k -> new int[3])[2]++;
        if (tell) {
          System.out.println("film " + number + " wrong " + cut + " of " + film.truth());
        }
      }
    }
    for (int t = 0; t < seen.length; t++) {
      int[] n = score.found.computeIfAbsent(film.truth().get(t).kind(), k -> new int[3]);
      n[0] += seen[t] ? 1 : 0;
      n[1]++;
      score.all++;
      if (!seen[t] && tell) {
        System.out.println("film " + number + " missed " + film.truth().get(t) + " found " + found);
      }
    }
    return seen;
  }

  static Score score(List<Film> films, Set<Pass> passes, boolean tell) {
    Score score = new Score();
    for (int i = 0; i < films.size(); i++) {
      Film film = films.get(i);
      matched(film, CutFinder.find(film.film(), ReelMaker.FPS, passes), score, tell, i);
    }
    return score;
  }

  static String report(List<Film> films, boolean tell) {
    StringBuilder out = new StringBuilder();
    List<Set<Pass>> ways = new ArrayList<>();
    for (Pass pass : Pass.values()) {
      ways.add(EnumSet.of(pass));
    }
    ways.add(EnumSet.of(Pass.CONTENT, Pass.ADAPTIVE));
    ways.add(EnumSet.of(Pass.CONTENT, Pass.ADAPTIVE, Pass.FADE));
    ways.add(EnumSet.allOf(Pass.class));
    for (Set<Pass> way : ways) {
      out.append(
          String.format(
              "%-36s %s%n",
              way.size() == Pass.values().length ? "all" : way,
              score(films, way, tell && way.size() == 4).line()));
    }
    out.append("recovered of what one pass misses:\n");
    for (Pass pass : Pass.values()) {
      int missed = 0;
      int recovered = 0;
      for (Film film : films) {
        boolean[] one =
            matched(
                film,
                CutFinder.find(film.film(), ReelMaker.FPS, EnumSet.of(pass)),
                new Score(),
                false,
                0);
        boolean[] all =
            matched(film, CutFinder.find(film.film(), ReelMaker.FPS), new Score(), false, 0);
        for (int t = 0; t < one.length; t++) {
          missed += one[t] ? 0 : 1;
          recovered += !one[t] && all[t] ? 1 : 0;
        }
      }
      out.append(String.format("  %-10s misses %4d, others find %4d%n", pass, missed, recovered));
    }
    return out.toString();
  }
}
