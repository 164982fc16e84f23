package io.zoetrope.pipeline.order;

import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import java.util.ArrayList;
import java.util.List;

/** Sizes and lengths that are far from those a model was trained at, in lines for a person. */
final class Unusual {
  /** A side so many times as long, or as short, is far. */
  private static final double FAR = 1.5;

  private Unusual() {}

  /**
   * What is to be said of a request.
   *
   * @param whole whether all frames of a clip are looked at together
   */
  static List<String> lines(VideoRequest request, VideoModel model, boolean whole) {
    List<String> lines = new ArrayList<>();
    ModelIndex.Defaults usual = model.defaults();
    if (far(request.width(), usual.width()) || far(request.height(), usual.height())) {
      lines.add(
          "the model is at its best at %sx%s: at %sx%s things may come out wrong"
              .formatted(usual.width(), usual.height(), request.width(), request.height()));
    }
    boolean video = model.can(Ability.VIDEO) && usual.frames() > 1;
    if (video && whole && request.frames() > FAR * usual.frames()) {
      lines.add(
          "the model is at its best with clips of %s frames: of %s at once, movement may come out wrong"
              .formatted(usual.frames(), request.frames()));
    }
    return lines;
  }

  private static boolean far(int side, int usual) {
    return side >= FAR * usual || FAR * side <= usual;
  }
}
