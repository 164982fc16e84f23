package io.zoetrope.curation.cut;

import io.zoetrope.curation.cut.Cut.Kind;
import io.zoetrope.curation.cut.Cut.Pass;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Finds where shots change, by several passes at two rates, for what escapes one is seen by
 * another. A flash is no cut. Stateless.
 */
public final class CutFinder {
  /** Of the algorithm: another number finds other cuts. */
  public static final int VERSION = 1;

  /** Cuts that are as near are one. */
  private static final int NEAR = 3;

  private CutFinder() {}

  /** By all passes. */
  public static List<Cut> find(List<Signature> film, double fps) {
    return find(film, fps, EnumSet.allOf(Pass.class));
  }

  /**
   * By some passes.
   *
   * @param film all frames in order, evenly in time
   * @return in order, none within another
   */
  public static List<Cut> find(List<Signature> film, double fps, Set<Pass> passes) {
    if (film.size() < 2) {
      return List.of();
    }
    List<Cut> found = new ArrayList<>();
    Neighbours neighbours = new Neighbours(film);
    for (Pass pass : passes) {
      found.addAll(
          switch (pass) {
            case CONTENT, ADAPTIVE -> neighbours.find(pass);
            case SLOW -> new Blends(neighbours.withoutFlashes(), fps).find();
            case FADE -> new Blacks(film, fps).find();
          });
    }
    // What takes longer says more: a cut inside of a fade or blend is part of it.
    found.sort(
        Comparator.comparing(Cut::kind, Comparator.comparing(CutFinder::rank))
            .thenComparing(Comparator.comparingInt((Cut c) -> c.to() - c.from()).reversed())
            .thenComparingInt(Cut::from));
    List<Cut> merged = new ArrayList<>();
    for (Cut cut : found) {
      merge(merged, cut);
    }
    merged.sort(Comparator.comparingInt(Cut::from));
    return List.copyOf(merged);
  }

  private static int rank(Kind kind) {
    return switch (kind) {
      case BLACK -> 0;
      case DISSOLVE -> 1;
      case HARD -> 2;
    };
  }

  private static void merge(List<Cut> all, Cut cut) {
    for (int i = 0; i < all.size(); i++) {
      Cut other = all.get(i);
      if (cut.from() <= other.to() + NEAR && other.from() <= cut.to() + NEAR) {
        Set<Pass> passes = EnumSet.copyOf(other.passes());
        passes.addAll(cut.passes());
        all.set(i, new Cut(other.from(), other.to(), other.kind(), passes));
        return;
      }
    }
    all.add(cut);
  }
}
