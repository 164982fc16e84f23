package io.zoetrope.curation.cut;

import io.zoetrope.curation.cut.Cut.Kind;
import io.zoetrope.curation.cut.Cut.Pass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The pass at a low rate: two frames some time apart that differ, between which all frames are
 * blends of the two. What moves is no blend of where it was and where it will be.
 */
final class Blends {
  /** Frames of the low rate per second. */
  private static final double RATE = 8;

  /** Steps of the low rate that are tried. */
  private static final int[] STEPS = {2, 3, 4, 6, 8, 12, 16};

  private static final double LEAST = 0.02;

  /** Less of the frame that takes part is a thing that comes or goes. */
  private static final double SPREAD = 0.2;

  /** The same where little moves: there, a blend changes nearly all. */
  private static final double CALM_SPREAD = 0.5;

  /** How far a frame between may lie from a blend, of the way from one end to the other. */
  private static final double OFF = 0.2;

  /** The part of the cells that is looked at. */
  private static final double CALM = 0.6;

  /** How much faster it changes than before and behind. */
  private static final double FASTER = 2;

  /** A step with more of the change is a cut. */
  private static final double JUMP = 0.6;

  /** A step with more of it is no part of a blend. */
  private static final double PACE = 0.36;

  private final List<Signature> film;
  private final int low;

  Blends(List<Signature> film, double fps) {
    this.film = film;
    low = Math.max(1, (int) Math.round(fps / RATE));
  }

  private record Window(int from, int to, double change, double off) {
    /** The shortest of those that change as much. */
    double worth() {
      return change * (1 - off) / Math.sqrt(Math.sqrt(to - from));
    }
  }

  List<Cut> find() {
    List<Window> windows = new ArrayList<>();
    for (int steps : STEPS) {
      int length = steps * low;
      for (int from = low; from + length < film.size() - low; from += low) {
        Window w = window(from, from + length);
        if (w.off() <= OFF) {
          windows.add(w);
        }
      }
    }
    windows.sort(Comparator.comparingDouble(Window::worth).reversed());
    List<Cut> cuts = new ArrayList<>();
    for (Window w : windows) {
      cut(w)
          .filter(cut -> cuts.stream().noneMatch(c -> c.from() <= w.to() && w.from() <= c.to()))
          .ifPresent(cuts::add);
    }
    return cuts;
  }

  /** Measured; {@code off} is 1 where it is none. */
  private Window window(int from, int to) {
    Window none = new Window(from, to, 0, 1);
    Signature a = film.get(from);
    Signature b = film.get(to);
    if (a.to(b) < LEAST || a.spread(b) < SPREAD) {
      return none;
    }
    int length = to - from;
    Signature before = film.get(Math.max(0, from - length));
    Signature behind = film.get(Math.min(film.size() - 1, to + length));
    boolean[] calm = calm(before, a, b, behind);
    double change = Cells.change(a, b, calm);
    double early = Cells.change(before, a, calm) * length / Math.clamp(from, 1, length);
    double late =
        Cells.change(b, behind, calm) * length / Math.clamp(film.size() - 1L - to, 1, length);
    if (change < LEAST
        || Cells.spread(a, b, calm) < CALM_SPREAD
        || change < FASTER * Math.max(early, late)) {
      return none;
    }
    double off = 0;
    double last = -0.1;
    int between = 0;
    for (int k = from + 1; k < to; k += Math.max(1, low / 2)) {
      Cells.Blend blend = Cells.blend(a, b, film.get(k), calm);
      if (blend.share() < last - 0.1) {
        return none;
      }
      last = blend.share();
      off += blend.off();
      between++;
    }
    return new Window(from, to, change, between == 0 ? 1 : off / between);
  }

  /** The cells in which least moves before and behind: what moves hides what is blended. */
  private static boolean[] calm(Signature before, Signature a, Signature b, Signature behind) {
    int[] moves = new int[Signature.SIDE * Signature.SIDE];
    for (int c = 0; c < moves.length; c++) {
      moves[c] = Math.max(Cells.difference(before, a, c), Cells.difference(b, behind, c));
    }
    int[] sorted = moves.clone();
    Arrays.sort(sorted);
    int most = sorted[(int) (CALM * (moves.length - 1))];
    boolean[] calm = new boolean[moves.length];
    for (int c = 0; c < moves.length; c++) {
      calm[c] = moves[c] <= most;
    }
    return calm;
  }

  /** Where exactly, at the full rate. */
  private Optional<Cut> cut(Window w) {
    Signature a = film.get(w.from());
    Signature b = film.get(w.to());
    int length = w.to() - w.from();
    boolean[] calm =
        calm(
            film.get(Math.max(0, w.from() - length)),
            a,
            b,
            film.get(Math.min(film.size() - 1, w.to() + length)));
    double before = 0;
    double quarter = -1;
    double most = -1;
    for (int k = w.from() + 1; k <= w.to(); k++) {
      double share = Cells.blend(a, b, film.get(k), calm).share();
      if (share - before > JUMP) {
        return Optional.of(new Cut(k, k, Kind.HARD, Set.of(Pass.SLOW)));
      }
      if (share - before > PACE) {
        return Optional.empty();
      }
      if (quarter < 0 && share >= 0.25) {
        quarter = k - 1 + (0.25 - before) / (share - before);
      }
      if (most < 0 && share >= 0.75) {
        most = k - 1 + (0.75 - before) / (share - before);
      }
      before = share;
    }
    // At an even pace: its ends are hard to see, its middle is not.
    double half = (most - quarter) / 2;
    int from = Math.clamp((int) Math.round(quarter - half + 1), w.from() + 1, w.to());
    int to = Math.clamp((int) Math.round(most + half), from, w.to());
    return Optional.of(new Cut(from, to, Kind.DISSOLVE, Set.of(Pass.SLOW)));
  }
}
