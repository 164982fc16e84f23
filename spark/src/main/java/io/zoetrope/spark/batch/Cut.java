package io.zoetrope.spark.batch;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Cuts work into parts of about two minutes, dear clips first: a lost executor costs minutes, and
 * at the end all are done at about the same time. Clips of one model and shape lie together.
 */
final class Cut {
  static final double SECONDS = 120;

  /** Parts for each slot where nobody knows yet how fast it is. */
  private static final int PARTS_A_SLOT = 8;

  private static final int LARGEST = 200;

  private Cut() {}

  /** What one task makes, one after another. */
  record Part(List<Clip> clips) implements Serializable {
    Part {
      clips = List.copyOf(clips);
    }

    double cost() {
      return clips.stream().mapToDouble(Clip::cost).sum();
    }
  }

  /**
   * Cuts.
   *
   * @param pace cost that an executor did in a second, in earlier runs; empty if there was none
   * @param slots tasks that run at once
   */
  static List<Part> of(List<Clip> clips, OptionalDouble pace, int slots) {
    List<Clip> sorted =
        clips.stream()
            .sorted(
                Comparator.comparing(Clip::model)
                    .thenComparing(Comparator.comparingDouble(Clip::cost).reversed())
                    .thenComparing(Clip::shape)
                    .thenComparingInt(Clip::line))
            .toList();
    double all = sorted.stream().mapToDouble(Clip::cost).sum();
    double share = all / Math.max(1, (long) slots * PARTS_A_SLOT);
    // Enough parts for every slot, also where two minutes would be more than a slot's share.
    double most = Math.min(pace.orElse(Double.MAX_VALUE) * SECONDS, Math.max(share, 1));
    List<Part> parts = new ArrayList<>();
    List<Clip> part = new ArrayList<>();
    double cost = 0;
    for (Clip clip : sorted) {
      boolean other = !part.isEmpty() && !part.getFirst().model().equals(clip.model());
      boolean full = !part.isEmpty() && cost + clip.cost() > most * 1.001;
      if (other || full || part.size() >= LARGEST) {
        parts.add(new Part(part));
        part = new ArrayList<>();
        cost = 0;
      }
      part.add(clip);
      cost += clip.cost();
    }
    parts.add(new Part(part));
    parts.sort(Comparator.comparingDouble(Part::cost).reversed());
    return parts;
  }
}
