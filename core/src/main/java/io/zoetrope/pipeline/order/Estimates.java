package io.zoetrope.pipeline.order;

import io.zoetrope.media.Frame;
import io.zoetrope.media.Resize;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.progress.Report;
import java.nio.file.Path;
import java.util.List;

/**
 * Shown what is being sampled as it is estimated by now: after steps, as often as that takes no
 * more than a small share of their time.
 */
@FunctionalInterface
public interface Estimates {
  /** Pixels of the longer side of a file that is looked at. */
  int LONGEST_SIDE = 256;

  /**
   * Takes the frames of a clip.
   *
   * @param step that was made: its row, and the number of the first frame
   * @param frames of the clip; small, in the proportions of the video
   */
  void take(Report step, List<Frame> frames);

  /**
   * Told of every step, whether it is shown or not, before it is asked for it.
   *
   * @param step that was made: its row, and the number of the first frame
   */
  default void passed(Report step) {}

  /** Whether it wants to be shown a step. */
  default boolean wants(Report step) {
    return true;
  }

  /**
   * A small file that is written anew each time.
   *
   * @param path in the format of one file that its ending says
   * @param fps of the video
   */
  static Estimates file(Path path, double fps) {
    return (step, frames) -> {
      Frame first = frames.getFirst();
      int longest = Math.max(first.width(), first.height());
      int times = Math.max(1, LONGEST_SIDE / longest);
      int width = first.width() * times;
      int height = first.height() * times;
      // Even: what most players ask for.
      Resize large =
          Resize.stretch(first.width(), first.height(), width + width % 2, height + height % 2);
      VideoWriter.write(path, large.apply(new Video(frames, fps)));
    };
  }
}
