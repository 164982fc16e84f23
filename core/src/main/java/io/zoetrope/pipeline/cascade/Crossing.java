package io.zoetrope.pipeline.cascade;

import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Signature;
import io.zoetrope.diffusion.guidance.ReconstructionGuidance;
import io.zoetrope.diffusion.guidance.ReconstructionWeight;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.model.Embeddings;
import io.zoetrope.pipeline.model.TextPrior;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.HigherRate;
import io.zoetrope.pipeline.task.Refine;
import io.zoetrope.pipeline.task.SeenBeside;
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
 * @param stage says how noisy is what it sees beside the noisy video
 */
record Crossing(Engine engine, Stage stage) {
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
   * @param handed what the stage before made; there, but for {@link Bridge.None}
   */
  Made over(Bridge bridge, VideoRequest asked, Optional<Handed> handed, Progress progress) {
    Optional<Video> before =
        handed
            .filter(Handed.Film.class::isInstance)
            .map(Handed.Film.class::cast)
            .map(Handed.Film::video);
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
        yield new Made(faster, between(masked, known, faster, progress));
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
        Beside.Slower kind = slower(repeat);
        VideoRequest faster = asked.withFps(asked.fps() * repeat.times());
        Tensor slow = engine.encode(enlarged(before.orElseThrow(), asked), progress);
        yield new Made(faster, beside(SeenBeside.slow(kind, slow), faster, progress));
      }
      case Bridge.Embedding embedding ->
          new Made(
              asked,
              new TextToVideo(told((Handed.Embedding) handed.orElseThrow(), asked.seed()))
                  .latents(List.of(asked), progress));
      case Bridge.Late late -> throw new IllegalStateException("part of the stage before");
      case Bridge.Prior prior -> throw new IllegalStateException("makes no video");
    };
  }

  /** An engine whose network is told an embedding. */
  private Engine told(Handed.Embedding handed, long seed) {
    Embeddings embeddings =
        engine
            .model()
            .embeddings()
            .orElseThrow(() ->
                new UserError(
                    "this model is told no embedding: nothing enters it over that bridge"));
    long features = handed.e_1E().size(1);
    if (features != embeddings.told().features()) {
      throw new UserError(
          Fault.MISMATCH,
          "this model is told embeddings of %s features, not of %s"
              .formatted(embeddings.told().features(), features));
    }
    return engine.withPictures(
        embeddings.told(handed.e_1E(), TextPrior.noise(List.of(seed))), Conditioning.none());
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
    Tensor own_13FHW = FrameTensors.toTensor(small).unsqueeze(0);
    Optional<Beside.Pixels> pixels = seen().pixels();
    if (pixels.isPresent()) {
      return labelled(pixels.get(), own_13FHW, request, progress);
    }
    Tensor x_13FHW = seen().smaller(own_13FHW, request);
    return beside(engine.encode(x_13FHW, progress), request, progress);
  }

  /** A network that takes the pixels themselves, and a label of their noise. */
  private Tensor labelled(
      Beside.Pixels pixels, Tensor x_13FHW, VideoRequest request, Progress progress) {
    Seen.requireSmall(pixels, x_13FHW, request);
    int frames = Math.toIntExact(x_13FHW.size(2));
    int label = stage.label(pixels.labels());
    VideoRequest whole = request.withFrames(frames);
    Tensor seen =
        SeenBeside.noised(
            x_13FHW, noise(whole).normal("augmentation", 0, x_13FHW), pixels.labels().level(label));
    Conditioning entries =
        Conditioning.none()
            .with(Conditioning.BESIDE, seen)
            .with(Conditioning.BESIDE_LABEL, Tensors.full(label, 1, frames));
    return new TextToVideo(engine.withBeside(entries)).latents(List.of(whole), progress);
  }

  private Seen seen() {
    return new Seen(engine.model().beside());
  }

  /** How a slower video is shown. */
  private Beside.Slower slower(Bridge.Repeat repeat) {
    return seen().slower(repeat.times());
  }

  /** New frames between those that are known. */
  private Tensor between(
      Bridge.Masked masked, Tensor known_1CMHW, VideoRequest faster, Progress progress) {
    if (!seen().known()) {
      return new HigherRate(known_1CMHW, masked.times(), masked.overlap())
          .latents(engine, List.of(faster), progress);
    }
    // Its frames all are noisy, and what is known is seen beside them alone.
    Beside.Slower places = new Beside.Slower(masked.times(), Beside.Fill.BLANK, false);
    long frames = masked.times() * (known_1CMHW.size(2) - 1) + 1;
    Tensor ones = Tensors.full(1, 1, 1, known_1CMHW.size(2), 1, 1);
    Tensor mask_11F11 = SeenBeside.slow(places, ones).narrow(2, 0, frames);
    Tensor spread = SeenBeside.slow(places, known_1CMHW).narrow(2, 0, frames);
    Tensor made = beside(new Beside.Known().seen(mask_11F11, spread), faster, progress);
    Tensor mask = mask_11F11.to(made.device(), made.scalar_type());
    return made.mul(Ops.add(Ops.mul(mask, -1), 1)).add(spread.mul(mask));
  }

  /** Any other is guided by it. */
  private Tensor guided(
      Bridge.Enlarge enlarge, Video small, VideoRequest request, Progress progress) {
    if (stage.augments()) {
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

  /** A video from words, with a clip beside it at every step, noised as the stage says. */
  private Tensor beside(Tensor clean_1CFHW, VideoRequest request, Progress progress) {
    int latents = Math.toIntExact(clean_1CFHW.size(2));
    VideoRequest whole = request.withFrames(engine.model().grid().frames(latents));
    NoiseLevel level = stage.noise(engine.sampling(whole, whole.steps()).schedule());
    Tensor seen =
        stage.augments()
            ? SeenBeside.noised(
                clean_1CFHW, noise(whole).normal("augmentation", 0, clean_1CFHW), level)
            : clean_1CFHW;
    Conditioning entries = Conditioning.none().with(Conditioning.BESIDE, seen);
    Signature signature = engine.model().network().config().signature();
    if (signature.knows(Conditioning.BESIDE_LEVEL)) {
      double told = SeenBeside.told(level);
      entries = entries.with(Conditioning.BESIDE_LEVEL, Tensors.full(told, 1, latents));
    } else if (stage.augments()) {
      throw new UserError(
          "this model is not told how noisy the clip beside its video is: leave augmentation out");
    }
    return new TextToVideo(engine.withBeside(entries)).latents(List.of(whole), progress);
  }

  private static Noise noise(VideoRequest request) {
    return Noise.of(new RandomStreams(request.seed()).child("beside", 0));
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
