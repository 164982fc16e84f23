package io.zoetrope.curation.measure;

import io.zoetrope.curation.cut.Signature;
import java.util.Optional;

/**
 * The share of time in which nothing moves anywhere. By the cells that change most and not by the
 * mean: a small thing may move over still ground.
 */
final class Still implements Measure {
  /** Looks per second. */
  private static final double RATE = 4;

  /** A smaller change comes from the codec. */
  static final double CODEC = 3.5 / 255;

  @Override
  public String name() {
    return "still";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public String about() {
    return "share of time in which nothing moves";
  }

  @Override
  public Meter begin(About clip) {
    int step = Math.max(1, (int) Math.round(clip.fps() / RATE));
    return new Meter() {
      private Optional<Signature> last = Optional.empty();
      private int still;
      private int all;

      @Override
      public boolean wants(int index) {
        return index % step == 0;
      }

      @Override
      public void add(Shot shot) {
        Signature next = shot.signature();
        last.ifPresent(before -> {
          still += before.largest(next) <= CODEC ? 1 : 0;
          all++;
        });
        last = Optional.of(next);
      }

      @Override
      public Reading end() {
        return all == 0 ? new Reading(Optional.empty(), "") : Reading.of((double) still / all);
      }
    };
  }
}
