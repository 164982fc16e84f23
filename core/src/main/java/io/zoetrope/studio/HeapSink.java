package io.zoetrope.studio;

import io.zoetrope.media.Frame;
import io.zoetrope.media.VideoMetadata;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.order.FrameSink;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.Shot;
import io.zoetrope.torch.JavaHeap;
import java.util.ArrayList;
import java.util.List;

/** Keeps frames. */
final class HeapSink implements FrameSink {
  private final List<Frame> frames = new ArrayList<>();
  private VideoMetadata metadata = VideoMetadata.NONE;

  @Override
  public void begin(Shot shot) {
    if (shot.endless()) {
      throw new IllegalStateException(
          "a roll without a number of frames has no end: say frames(...), or make it to a file");
    }
    VideoRequest request = shot.request();
    JavaHeap.require(
        JavaHeap.bytes(shot.frames(), request.width(), request.height()),
        "%s frames of %sx%s".formatted(shot.frames(), request.width(), request.height()));
    metadata = shot.memory().get().metadata();
  }

  @Override
  public void frame(Frame frame) {
    frames.add(frame);
  }

  Video video(Made made) {
    return new HeldVideo(Summary.of(made), frames, metadata);
  }
}
