package io.zoetrope.curation.measure;

import io.zoetrope.curation.near.ClipHash;
import io.zoetrope.media.Frame;
import java.util.List;
import java.util.Optional;

/** What a clip looks like, for finding its copies: see {@link ClipHash}. */
final class Look implements Measure {
  @Override
  public String name() {
    return "look";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public String about() {
    return "small colours of four frames, by which copies are found";
  }

  @Override
  public Meter begin(About clip) {
    int[] at = ClipHash.places(clip.frames(), clip.fps());
    return new Meter() {
      private final Frame[] frames = new Frame[at.length];

      @Override
      public boolean wants(int index) {
        for (int one : at) {
          if (one == index) {
            return true;
          }
        }
        return false;
      }

      @Override
      public void add(Shot shot) {
        for (int i = 0; i < at.length; i++) {
          if (at[i] == shot.index()) {
            frames[i] = shot.frame();
          }
        }
      }

      @Override
      public Reading end() {
        return new Reading(Optional.empty(), ClipHash.of(List.of(frames)).text());
      }
    };
  }
}
