package io.zoetrope.curation.measure;

import io.zoetrope.curation.cut.Signature;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Resize;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One frame of a clip as measures see it: without bars, and small versions of it and what networks
 * say of it, which several measures share. For one thread.
 */
public final class Shot {
  private static final int SMALL = 64;

  private final Frame frame;
  private final int index;
  private final double seconds;
  private @Nullable Signature signature;
  private @Nullable Frame small;
  private final Map<Sight, double[]> seen = new IdentityHashMap<>();

  /** A network that says numbers of a frame. */
  @FunctionalInterface
  interface Sight {
    double[] see(Frame frame);
  }

  /**
   * A frame.
   *
   * @param index in the clip, from 0
   * @param seconds from the clip's beginning
   */
  public Shot(Frame frame, int index, double seconds) {
    this.frame = frame;
    this.index = index;
    this.seconds = seconds;
  }

  public Frame frame() {
    return frame;
  }

  public int index() {
    return index;
  }

  public double seconds() {
    return seconds;
  }

  /** Its cells. */
  public Signature signature() {
    Signature made = signature;
    if (made == null) {
      made = Signature.of(frame);
      signature = made;
    }
    return made;
  }

  /** What a network says of it, which is asked once. */
  double[] seen(Sight by) {
    return seen.computeIfAbsent(by, sight -> sight.see(frame));
  }

  /** With a shorter side of at most 64 pixels. */
  public Frame small() {
    Frame made = small;
    if (made == null) {
      int shorter = Math.min(frame.width(), frame.height());
      double scale = (double) SMALL / shorter;
      made =
          shorter <= SMALL
              ? frame
              : Resize.stretch(
                      frame.width(),
                      frame.height(),
                      Math.max(SMALL, (int) Math.round(frame.width() * scale)),
                      Math.max(SMALL, (int) Math.round(frame.height() * scale)))
                  .apply(frame);
      small = made;
    }
    return made;
  }
}
