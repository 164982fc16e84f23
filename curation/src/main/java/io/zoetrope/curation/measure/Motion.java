package io.zoetrope.curation.measure;

import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Resize;
import io.zoetrope.media.Video;
import io.zoetrope.pixels.FlowSpeed;
import io.zoetrope.torch.Scopes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The mean length of optical flow over all places, in shorter sides per second, times 100: so it
 * depends neither on the size nor on the rate. By matching blocks where the shorter side has at
 * most 48 pixels, between neighbours at 8 a second, at most 6 pairs spread over the clip.
 */
final class Motion implements Measure {
  private static final double RATE = 8;
  private static final int PAIRS = 6;
  private static final int SIDE = 48;

  @Override
  public String name() {
    return "motion";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public String about() {
    return "mean optical flow, percent of the shorter side per second";
  }

  private static Frame small(Frame frame) {
    int shorter = Math.min(frame.width(), frame.height());
    double scale = Math.min(1, (double) SIDE / shorter);
    return Resize.stretch(
            frame.width(),
            frame.height(),
            Math.max(1, (int) Math.round(frame.width() * scale)),
            Math.max(1, (int) Math.round(frame.height() * scale)))
        .apply(frame);
  }

  @Override
  public Meter begin(About clip) {
    int step = Math.max(1, (int) Math.round(clip.fps() / RATE));
    int pairs = Math.clamp((clip.frames() - 1) / step, 0, PAIRS);
    int[] starts = new About(Math.max(1, clip.frames() - step), clip.fps(), "").evenly(pairs);
    return new Meter() {
      private final List<Frame> from = new ArrayList<>();
      private final List<Frame> to = new ArrayList<>();

      @Override
      public boolean wants(int index) {
        for (int start : starts) {
          if (index == start || index == start + step) {
            return true;
          }
        }
        return false;
      }

      @Override
      public void add(Shot shot) {
        for (int start : starts) {
          if (shot.index() == start) {
            from.add(small(shot.small()));
          }
          if (shot.index() == start + step) {
            to.add(small(shot.small()));
          }
        }
      }

      @Override
      public Reading end() {
        if (to.isEmpty()) {
          return new Reading(Optional.empty(), "");
        }
        double sum = 0;
        for (int i = 0; i < to.size(); i++) {
          Video pair = new Video(List.of(from.get(i), to.get(i)), 1);
          sum += Scopes.value(() -> FlowSpeed.of(FrameTensors.toTensor(pair), 1).sides());
        }
        return Reading.of(100 * sum / to.size() * clip.fps() / step);
      }
    };
  }
}
