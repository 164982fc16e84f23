package io.zoetrope.pipeline.order;

import io.zoetrope.pipeline.task.MotionField;
import io.zoetrope.pipeline.task.TextToVideoZero;
import io.zoetrope.pipeline.task.TextToVideoZero.Background;
import io.zoetrope.pipeline.task.TextToVideoZero.Moments;
import io.zoetrope.pipeline.task.VideoTask;
import io.zoetrope.record.Default;
import java.util.Optional;

/**
 * How {@link TextToVideoZero} makes a video with a model of single pictures.
 *
 * @param motion of the whole picture
 * @param moments where the first frame is moved; empty is as in the paper
 * @param foreground a picture or video that is white where something moves by itself
 */
public record ZeroMethod(
    @Default("{x: 12, y: 12}") MotionField motion,
    Optional<Moments> moments,
    Optional<SourceRef> foreground) {
  /** Frames where nothing is said. */
  static final int FRAMES = 8;

  public ZeroMethod {
    moments.ifPresent(m -> {
      if (m.t0() < 0 || m.t1() <= m.t0()) {
        throw Checks.wrong(
            "moments must be two whole numbers from 0 on, t1 above t0, are %s and %s"
                .formatted(m.t0(), m.t1()));
      }
    });
  }

  VideoTask task(Making making) {
    return new TextToVideoZero(
        motion,
        moments,
        foreground.map(
            ref -> new Background(new Shown(making).mask(ref), Background.USUAL_WEIGHT)));
  }
}
