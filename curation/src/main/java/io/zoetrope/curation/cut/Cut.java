package io.zoetrope.curation.cut;

import java.util.Set;

/**
 * A change from one shot to the next.
 *
 * @param from the first frame that is not of the old shot alone
 * @param to the first frame that is of the new shot alone; {@code from} at a hard cut
 * @param kind how it changes
 * @param passes which of them found it
 */
public record Cut(int from, int to, Kind kind, Set<Pass> passes) {
  /** How one shot becomes another. */
  public enum Kind {
    /** From one frame to the next. */
    HARD,
    /** One is blended into the other. */
    DISSOLVE,
    /** Through black. */
    BLACK
  }

  /** Looks at a film in one way. */
  public enum Pass {
    /** Neighbours that differ by much. */
    CONTENT,
    /** Neighbours that differ by more than those around them. */
    ADAPTIVE,
    /** Frames of a low rate that differ, with blends of the two between them. */
    SLOW,
    /** Frames without anything to see. */
    FADE
  }

  public Cut {
    passes = Set.copyOf(passes);
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("a cut goes from a frame to a later one");
    }
  }
}
