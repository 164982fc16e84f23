package io.zoetrope.curation.cut;

import io.zoetrope.curation.cut.Cut.Kind;
import io.zoetrope.curation.cut.Cut.Pass;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The pass for frames with nothing to see: scenes that fade out and in, and stretches of black. */
final class Blacks {
  /** A fade lasts so many seconds at most, each way. */
  private static final double LONGEST = 2;

  /** Seconds of black after which a shot that goes on is another. */
  private static final double PAUSE = 0.25;

  private final List<Signature> film;
  private final double fps;
  private final double[] light;

  Blacks(List<Signature> film, double fps) {
    this.film = film;
    this.fps = fps;
    light = film.stream().mapToDouble(Signature::light).toArray();
  }

  List<Cut> find() {
    List<Cut> cuts = new ArrayList<>();
    for (int k = 0; k < film.size(); k++) {
      if (!film.get(k).black()) {
        continue;
      }
      int end = k;
      while (end < film.size() && film.get(end).black()) {
        end++;
      }
      int from = fades(k, -1);
      int to = Math.min(film.size(), fades(end - 1, 1) + 1);
      if (from == 0 || to == film.size() || end - k >= PAUSE * fps || others(from, to)) {
        cuts.add(new Cut(from, to, Kind.BLACK, Set.of(Pass.FADE)));
      }
      k = end;
    }
    return cuts;
  }

  /** The farthest frame from a black one that is still on the way: each lighter than the last. */
  private int fades(int black, int way) {
    int most = (int) Math.ceil(LONGEST * fps);
    int k = black;
    while (k + way >= 0 && k + way < film.size() && Math.abs(k + way - black) <= most) {
      int next = k + way;
      int beyond = next + way;
      boolean on = film.get(next).black() || light[next] > light[k];
      boolean goesOn = beyond < 0 || beyond >= film.size() || light[beyond] > light[next] + 0.004;
      if (!on || (!goesOn && !film.get(next).black())) {
        return k;
      }
      k = next;
    }
    return k;
  }

  /** Whether there is something else behind it than before. */
  private boolean others(int from, int to) {
    Signature a = film.get(from - 1);
    Signature b = film.get(to);
    return a.to(b) > 0.02;
  }
}
