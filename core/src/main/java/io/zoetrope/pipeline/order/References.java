package io.zoetrope.pipeline.order;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Fit;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoReader;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.GivenVideo;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Pictures of what a video is to have in it, which a network is shown before the video's own
 * latents: each whole, on white, and as one latent (VACE: Jiang et al., 2025, section 3.2).
 *
 * @param pictures in the order in which they are shown
 * @param files where they are
 */
record References(List<SourceRef> pictures, SourceFiles files) {
  private static final int WHITE = 255;

  boolean none() {
    return pictures.isEmpty();
  }

  /**
   * Requires that they can be read.
   *
   * @throws UserError if not
   */
  void check() {
    pictures.forEach(files::picture);
  }

  /**
   * Requires that a model is shown such.
   *
   * @throws UserError if it is not
   */
  void requireSeenBy(VideoModel model) {
    if (!none() && model.beside().filter(Beside.GivenPlaces.class::isInstance).isEmpty()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "this model is shown no pictures to take something from; VACE is",
          "leave them out");
    }
  }

  /** What samples as much as a request with these in front of it. */
  VideoRequest longer(VideoRequest request, LatentGrid grid) {
    int frames = request.frames() + pictures.size() * grid.time();
    return request.withFrames(Math.min(frames, VideoRequest.MOST_FRAMES));
  }

  /** A video with these beside it, in its size. */
  GivenVideo beside(GivenVideo given, Making making) {
    return none()
        ? given
        : given.withReferences(pictures.stream().map(ref -> read(ref, making)).toList());
  }

  private Tensor read(SourceRef ref, Making making) {
    int width = making.request().width();
    int height = making.request().height();
    try (VideoReader reader = VideoReader.open(files.path(ref))) {
      Frame frame = reader.next().orElseThrow();
      making
          .said()
          .accept(
              "%s: %sx%s -> %sx%s, whole, on white, to take from"
                  .formatted(
                      files.path(ref).getFileName(), frame.width(), frame.height(), width, height));
      Frame whole = Fit.padded(frame, width, height, WHITE);
      return FrameTensors.toTensor(new Video(List.of(whole), 1)).select(1, 0);
    }
  }
}
