package io.zoetrope.pipeline.cascade;

import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Signature;
import io.zoetrope.diffusion.guidance.ReconstructionGuidance;
import io.zoetrope.diffusion.guidance.ReconstructionWeight;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.error.UserError;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.HigherRate;
import io.zoetrope.pipeline.task.Refine;
import io.zoetrope.pipeline.task.SuperResolve;
import io.zoetrope.pipeline.task.Upscale;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What each {@link Bridge} does with an engine.
 *
 * @param engine of the stage
 * @param augmentation of what it sees beside the noisy video, a level in [0, 1]
 */
record Crossing(Engine engine, double augmentation) {
  /** Weight of guidance by a small video, where none is given. */
  private static final double USUAL_WEIGHT = 2;

  /**
   * Latents of a stage.
   *
   * @param request with the frames and the rate that they have
   */
  record Made(VideoRequest request, Tensor z_1CFHW) {}

  /**
   * Makes them.
   *
   * @param before what the stage before made; there, but for {@link Bridge.None}
   */
  Made over(Bridge bridge, VideoRequest asked, Optional<Video> before, Progress progress) {
    return switch (bridge) {
      case Bridge.None none ->
          new Made(asked, new TextToVideo(engine).latents(List.of(asked), progress));
      case Bridge.StartNoise start ->
          new Made(
              asked,
              new Refine(
                      small(start.where(), before.orElseThrow(), progress),
                      start.strength(),
                      start.overlap())
                  .latents(engine, List.of(asked), progress));
      case Bridge.Masked masked -> {
        VideoRequest faster = asked.withFps(asked.fps() * masked.times());
        Tensor known = engine.encode(enlarged(before.orElseThrow(), asked), progress);
        yield new Made(
            faster,
            new HigherRate(known, masked.times(), masked.overlap())
                .latents(engine, List.of(faster), progress));
      }
      case Bridge.Enlarge enlarge ->
          new Made(
              asked,
              takesBeside()
                  ? seeing(enlarge, before.orElseThrow(), asked, progress)
                  : guided(enlarge, before.orElseThrow(), asked, progress));
      case Bridge.Repeat repeat -> {
        if (!takesBeside()) {
          throw new UserError(
              "this model sees nothing beside its video, so frames cannot be repeated there: the"
                  + " bridge masked raises the rate with any model");
        }
        engine.requireLatentPerFrame("the bridge repeat");
        VideoRequest faster = asked.withFps(asked.fps() * repeat.times());
        Tensor slow = engine.encode(enlarged(before.orElseThrow(), asked), progress);
        yield new Made(faster, beside(repeated(slow, repeat.times()), faster, progress));
      }
      case Bridge.Late late -> throw new IllegalStateException("part of the stage before");
    };
  }

  private boolean takesBeside() {
    return engine.model().network().config().signature().knows(Conditioning.BESIDE);
  }

  /** A network that takes a clip beside the noisy one sees the small video, enlarged. */
  private Tensor seeing(
      Bridge.Enlarge enlarge, Video small, VideoRequest request, Progress progress) {
    if (enlarge.weight().isPresent()) {
      throw new UserError(
          "this model sees the small video itself, so no weight of guidance by it: leave weight out");
    }
    return beside(engine.encode(enlarged(small, request), progress), request, progress);
  }

  /** Any other is guided by it. */
  private Tensor guided(
      Bridge.Enlarge enlarge, Video small, VideoRequest request, Progress progress) {
    if (augmentation > 0) {
      throw new UserError(
          "this model sees nothing beside its video that could be noised: leave augmentation out");
    }
    return new SuperResolve(
            FrameTensors.toTensor(small).unsqueeze(0),
            enlarge.overlap(),
            enlarge.kernel(),
            ReconstructionWeight.constant(enlarge.weight().orElse(USUAL_WEIGHT)),
            ReconstructionGuidance.Activations.RECOMPUTED)
        .latents(engine, List.of(request), progress);
  }

  /** A video from words, with a clip beside it at every step, noised to {@code augmentation}. */
  private Tensor beside(Tensor clean_1CFHW, VideoRequest request, Progress progress) {
    int latents = Math.toIntExact(clean_1CFHW.size(2));
    VideoRequest whole = request.withFrames(engine.model().grid().frames(latents));
    NoiseLevel level = engine.sampling(whole, whole.steps()).schedule().at(augmentation);
    Tensor seen =
        augmentation == 0
            ? clean_1CFHW
            : Ops.mul(clean_1CFHW, level.alpha())
                .add(Ops.mul(noise(whole).normal("augmentation", 0, clean_1CFHW), level.sigma()));
    Conditioning entries = Conditioning.none().with(Conditioning.BESIDE, seen);
    Signature signature = engine.model().network().config().signature();
    if (signature.knows(Conditioning.BESIDE_LEVEL)) {
      entries = entries.with(Conditioning.BESIDE_LEVEL, Tensors.full(augmentation, 1, latents));
    } else if (augmentation > 0) {
      throw new UserError(
          "this model is not told how noisy the clip beside its video is: leave augmentation out");
    }
    return new TextToVideo(engine.withBeside(entries)).latents(List.of(whole), progress);
  }

  private static Noise noise(VideoRequest request) {
    return Noise.of(new RandomStreams(request.seed()).child("beside", 0));
  }

  /** Each frame so many times: [B, C, F, h, w] to [B, C, F times, h, w]. */
  private static Tensor repeated(Tensor z_BCFHW, int times) {
    Tensor z_BCF1HW = z_BCFHW.unsqueeze(3);
    long[] shape = Tensors.shape(z_BCF1HW);
    shape[3] = times;
    return z_BCF1HW.expand(shape).flatten(2, 3);
  }

  private Refine.Source small(Bridge.Where where, Video video, Progress progress) {
    Tensor x_13FHW = FrameTensors.toTensor(video).unsqueeze(0);
    return switch (where) {
      case PIXELS -> new Refine.Pixels(x_13FHW);
      case LATENTS -> new Refine.Latents(engine.encode(x_13FHW, progress));
    };
  }

  /** Pixels [1, 3, F, H, W] in the size of a request. */
  private static Tensor enlarged(Video video, VideoRequest request) {
    Tensor x_13FHW = FrameTensors.toTensor(video).unsqueeze(0);
    if (video.width() == request.width() && video.height() == request.height()) {
      return x_13FHW;
    }
    if (video.width() > request.width() || video.height() > request.height()) {
      throw new UserError(
          "a stage of %sx%s cannot go on from %sx%s: a cascade makes videos larger"
              .formatted(request.width(), request.height(), video.width(), video.height()));
    }
    return Upscale.to(x_13FHW, request.height(), request.width());
  }
}
