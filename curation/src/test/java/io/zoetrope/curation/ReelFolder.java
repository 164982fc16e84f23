package io.zoetrope.curation;

import io.zoetrope.curation.cut.Cut;
import io.zoetrope.curation.table.ClipRow;
import io.zoetrope.curation.toybox.Reel;
import io.zoetrope.curation.toybox.ReelMaker;
import io.zoetrope.media.Resize;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Toy films in a folder, among them copies: encoded worse, in another size, or mirrored. */
final class ReelFolder {
  private final Map<String, Reel> reels = new HashMap<>();

  /** So many films, and copies of every third in each of three ways. */
  static ReelFolder make(Path folder, int films, long seed, int side) throws Exception {
    ReelFolder made = new ReelFolder();
    Files.createDirectories(folder);
    ReelMaker maker = new ReelMaker(seed, side, side);
    LongStream.range(0, films)
        .parallel()
        .forEach(i -> {
          Reel reel = maker.reel(i);
          made.write(folder, "film-%04d.mp4".formatted(i), reel, reel.video(), 80);
          if (i % 3 == 0) {
            made.write(folder, "worse-%04d.mp4".formatted(i), reel, reel.video(), 45);
          } else if (i % 3 == 1) {
            int other = side * 3 / 2;
            Video scaled = Resize.stretch(side, side, other, other).apply(reel.video());
            made.write(folder, "larger-%04d.mp4".formatted(i), reel, scaled, 70);
          } else {
            SplittableRandom same = new SplittableRandom(seed * 1_000_003 + i);
            int shots = 2 + same.nextInt(4);
            List<Long> scenes = new ArrayList<>();
            for (int s = 0; s < shots; s++) {
              scenes.add(i * 8 + s);
            }
            Reel mirrored = maker.reel(scenes, true, same);
            made.write(folder, "mirrored-%04d.mp4".formatted(i), mirrored, mirrored.video(), 70);
          }
        });
    return made;
  }

  private void write(Path folder, String name, Reel reel, Video video, int quality) {
    VideoWriter.write(folder.resolve(name), video, WriteOptions.at(video.fps()).quality(quality));
    synchronized (reels) {
      reels.put(name, reel);
    }
  }

  Map<String, Reel> reels() {
    return reels;
  }

  int cuts() {
    return reels.values().stream().mapToInt(reel -> reel.cuts().size()).sum();
  }

  /** Which scene a clip is of, by its middle. */
  Optional<Long> scene(ClipRow clip) {
    Reel reel = reels.get(clip.path());
    int middle = (clip.from() + clip.to()) / 2;
    return reel == null
        ? Optional.empty()
        : reel.shots().stream()
            .filter(shot -> shot.from() <= middle && middle < shot.to())
            .map(Reel.Shot::scene)
            .findFirst();
  }

  /**
   * Right, wrong and missed pairs of copies. Parts of one shot that overlap by less than half count
   * neither way.
   */
  int[] pairs(Report report, Map<String, String> groups) {
    int right = 0;
    int wrong = 0;
    int missed = 0;
    List<ClipRow> clips = report.clips();
    for (int i = 0; i < clips.size(); i++) {
      for (int j = i + 1; j < clips.size(); j++) {
        Optional<Long> a = scene(clips.get(i));
        Optional<Long> b = scene(clips.get(j));
        String g = groups.get(clips.get(i).clip());
        boolean said = g != null && g.equals(groups.get(clips.get(j).clip()));
        boolean is =
            a.isPresent()
                && a.equals(b)
                && !clips.get(i).path().equals(clips.get(j).path())
                && overlap(clips.get(i), clips.get(j)) >= 0.5;
        right += said && is ? 1 : 0;
        wrong += said && !a.equals(b) ? 1 : 0;
        missed += !said && is ? 1 : 0;
      }
    }
    return new int[] {right, wrong, missed};
  }

  /**
   * The part of both that is in both: copies have the same cuts, but they may be found elsewhere.
   */
  private static double overlap(ClipRow a, ClipRow b) {
    double both = Math.min(a.to(), b.to()) - Math.max(a.from(), b.from());
    return both / (Math.max(a.to(), b.to()) - Math.min(a.from(), b.from()));
  }

  static boolean hard(Cut cut) {
    return cut.kind() == Cut.Kind.HARD;
  }
}
