package io.zoetrope.eval.suite;

import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.ToyboxAnalyser;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * Several videos as pixels and as frames.
 *
 * @param x_B3FHW in [-1, 1]
 * @param videos the same, in 8 bits
 */
record Shots(Tensor x_B3FHW, List<Video> videos) {
  /**
   * Motions that stay inside the frame and never end, so that a video of any length can have them.
   */
  static final Set<Motion> ENDLESS = Set.of(Motion.ORBIT, Motion.BOUNCE, Motion.SPIN);

  /** Decoded latents. */
  static Shots decoded(Engine engine, Tensor z_BCFHW, double fps) {
    return of(Ops.clamp(engine.pixels(z_BCFHW), -1, 1), fps);
  }

  static Shots of(Tensor x_B3FHW, double fps) {
    List<Video> videos = new ArrayList<>();
    for (long i = 0; i < x_B3FHW.size(0); i++) {
      videos.add(FrameTensors.toVideo(x_B3FHW.select(0, i), fps));
    }
    return new Shots(x_B3FHW, videos);
  }

  /** Rendered clips in the model's size, so many frames of each. */
  static Shots rendered(Bench bench, List<TruthClip> clips, int frames) {
    var d = bench.defaults();
    List<Video> videos =
        clips.stream().map(c -> c.render(d.width(), d.height(), frames, d.fps())).toList();
    return new Shots(tensor(videos), videos);
  }

  /** [B, 3, F, H, W] in [-1, 1]. */
  static Tensor tensor(List<Video> videos) {
    return Tensors.stack(videos.stream().map(FrameTensors::toTensor).toList(), 0);
  }

  /** One of them, [3, F, H, W]. */
  Tensor one(int i) {
    return x_B3FHW.select(0, i);
  }

  /** So many frames of all, from a frame on, [B, 3, n, H, W]. */
  Tensor frames(int first, int n) {
    return x_B3FHW.narrow(2, first, n);
  }

  /** Frame {@code k} of one, [3, H, W]. */
  Tensor frame(int i, int k) {
    return one(i).select(1, k);
  }

  /** Part of one video. */
  Video part(int i, int first, int end) {
    Video video = videos.get(i);
    return new Video(video.frames().subList(first, end), video.fps());
  }

  /** What the analyser says of a video that should show a prompt. */
  static Adherence judge(Video video, Prompt prompt) {
    return Adherence.of(ToyboxAnalyser.analyse(video), prompt);
  }
}
