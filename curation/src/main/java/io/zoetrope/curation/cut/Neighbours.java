package io.zoetrope.curation.cut;

import io.zoetrope.curation.cut.Cut.Kind;
import io.zoetrope.curation.cut.Cut.Pass;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The two passes over neighbouring frames: hard cuts. */
final class Neighbours {
  /** A change as large is one in any film: 27 of 255, as others have it. */
  private static final double MUCH = 0.106;

  /** A smaller change is none. */
  private static final double LEAST = 0.012;

  /** How often the change of those around one has to be. */
  private static final double RATIO = 3;

  /** How many neighbours each way count. */
  private static final int AROUND = 8;

  /** A flash lasts so many frames at most. */
  private static final int FLASH = 4;

  private final List<Signature> film;
  private final double[] steps;

  /** Of a film. */
  Neighbours(List<Signature> film) {
    this.film = film;
    steps = new double[film.size()];
    for (int k = 1; k < steps.length; k++) {
      steps[k] = film.get(k - 1).to(film.get(k));
    }
  }

  /** The change from the frame before to each; 0 for the first. */
  double step(int frame) {
    return steps[frame];
  }

  /** The film with what was before in place of flashes. */
  List<Signature> withoutFlashes() {
    List<Signature> calm = new ArrayList<>(film);
    for (int k = 1; k < steps.length; k++) {
      for (int i = 1; steps[k] >= LEAST && i <= FLASH && k + i < film.size(); i++) {
        if (alike(k - 1, k + i, k)) {
          for (int j = k; j < k + i; j++) {
            calm.set(j, film.get(k - 1));
          }
          break;
        }
      }
    }
    return calm;
  }

  List<Cut> find(Pass pass) {
    List<Cut> cuts = new ArrayList<>();
    for (int k = 1; k < steps.length; k++) {
      boolean large = pass == Pass.CONTENT ? steps[k] >= MUCH : sticksOut(k);
      if (large && largestNearby(k) && !flash(k)) {
        cuts.add(new Cut(k, k, Kind.HARD, Set.of(pass)));
      }
    }
    return cuts;
  }

  private boolean sticksOut(int k) {
    if (steps[k] < LEAST) {
      return false;
    }
    double sum = 0;
    int count = 0;
    for (int i = Math.max(1, k - AROUND); i <= Math.min(steps.length - 1, k + AROUND); i++) {
      if (i != k) {
        sum += Math.min(steps[i], steps[k]);
        count++;
      }
    }
    return count > 0 && steps[k] >= RATIO * Math.max(sum / count, LEAST / 6);
  }

  private boolean largestNearby(int k) {
    for (int i = Math.max(1, k - 2); i <= Math.min(steps.length - 1, k + 2); i++) {
      if (steps[i] > steps[k] || (steps[i] == steps[k] && i < k)) {
        return false;
      }
    }
    return true;
  }

  /** Whether what was before is there again soon, or was there shortly before. */
  private boolean flash(int k) {
    for (int i = 1; i <= FLASH; i++) {
      if (k + i < film.size() && alike(k - 1, k + i, k)
          || k - 1 - i >= 0 && alike(k, k - 1 - i, k)) {
        return true;
      }
    }
    return false;
  }

  private boolean alike(int a, int b, int k) {
    return film.get(a).to(film.get(b)) < 0.4 * steps[k];
  }
}
