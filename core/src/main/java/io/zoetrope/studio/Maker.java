package io.zoetrope.studio;

import io.zoetrope.pipeline.order.FrameSink;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.VideoOrder;

/** Who makes what a {@link Draft} says. */
interface Maker {
  /** By which model. */
  ModelRef model();

  /** Makes it, as {@link Order} says. */
  Made make(VideoOrder order, Given given, FrameSink sink, Watcher watcher);
}
