package io.zoetrope.app.make;

import io.zoetrope.media.Fit;
import io.zoetrope.media.Source;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.model.VideoRequest;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;

/** Sources as latents. */
final class Given {
  private Given() {}

  /** A picture, [1, C, 1, h, w]. */
  static Tensor picture(Path path, Fit fit, Engine engine, VideoRequest request, Order.Said said) {
    Source source = Source.picture(path, wish(request).fitted(fit));
    said.line(source.report());
    return engine.encode(source.video());
  }

  /** In the size and at the rate of what is made. */
  static Source.Wish wish(VideoRequest request) {
    return Source.Wish.of(request.width(), request.height()).at(request.fps());
  }

  /** One frame as often as there are frames, [1, C, 1, h, w] -> [1, C, F, h, w] (a view). */
  static Tensor repeated(Tensor z_1C1HW, int frames) {
    return z_1C1HW.expand(
        z_1C1HW.size(0), z_1C1HW.size(1), frames, z_1C1HW.size(3), z_1C1HW.size(4));
  }
}
