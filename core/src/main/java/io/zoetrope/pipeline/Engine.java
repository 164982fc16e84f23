package io.zoetrope.pipeline;

import io.zoetrope.diffusion.Conditioning;
import io.zoetrope.diffusion.Progress;
import io.zoetrope.diffusion.PromptTrack;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.guidance.ClassifierFreeGuidance;
import io.zoetrope.diffusion.guidance.PromptBlend;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.torch.UserError;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Runs any {@link Job} on a model: every task goes through here. Also between pixels and latents.
 * Immutable; as many runs as one likes, one at a time.
 */
public final class Engine {
  private final VideoModel model;
  private final Guide guide;

  private Engine(VideoModel model, Guide guide) {
    this.model = model;
    this.guide = guide;
  }

  public Engine(VideoModel model) {
    this(model, Guide.NONE);
  }

  /** This with one more guidance around every clip. */
  public Engine withGuide(Guide other) {
    return new Engine(model, other);
  }

  public VideoModel model() {
    return model;
  }

  /** The levels down which frames fall: the model's own spacing of so many steps. */
  public double[] levels(int steps) {
    return model.denoiser().schedule().spacing(steps);
  }

  /**
   * Samples the clips of a job.
   *
   * @return latents at the plan's last row, [B, C, F, h, w]; frames that the plan holds are those
   *     given, to the last bit
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  public Tensor run(Job job, Progress progress) {
    return Scopes.noGrad(() -> Scopes.tensor(() -> sample(job, progress)));
  }

  private Tensor sample(Job asked, Progress progress) {
    VideoRequest first = first(asked.requests());
    Job job = asked.withPlan(guide.plan(asked.plan()));
    Noise noise = job.noise();
    Guided guided = guided(asked.requests(), job.prompts(), job.plan()::prompts);
    X0Denoiser denoiser = guide.wrap(guided.denoiser(), job.plan(), job.given_BCFHW(), noise);
    Tensor start = SamplerLoop.start(job.plan(), denoiser.schedule(), job.given_BCFHW(), noise);
    return new SamplerLoop(Samplers.of(first.sampler()), denoiser)
        .run(job.plan(), start, guided.conditioning(), noise, progress);
  }

  /** A denoiser with guidance and prompts, and what to hand it as conditioning. */
  public record Guided(X0Denoiser denoiser, Conditioning conditioning) {}

  /**
   * The model's denoiser with classifier-free guidance and prompts; its tensors belong to the scope
   * around.
   *
   * @param track which of the prompts each frame follows; asked anew at each step
   */
  public Guided guided(
      List<VideoRequest> requests, List<List<String>> prompts, Supplier<PromptTrack> track) {
    Conditioning negative = model.condition(requests.stream().map(VideoRequest::negative).toList());
    X0Denoiser base =
        new ClassifierFreeGuidance(model.denoiser(), negative, requests.getFirst().guidance());
    List<Conditioning> conditions =
        IntStream.range(0, prompts.getFirst().size())
            .mapToObj(p -> model.condition(prompts.stream().map(texts -> texts.get(p)).toList()))
            .toList();
    X0Denoiser blend = conditions.size() == 1 ? base : new PromptBlend(base, conditions, track);
    return new Guided(blend, conditions.getFirst());
  }

  /** Latents of nothing, [B, C, F, h, w], in the size of the requests: zeros to put content in. */
  public Tensor canvas(List<VideoRequest> requests, int frames) {
    VideoRequest first = first(requests);
    int factor = model.autoencoder().factor();
    return Tensors.zeros(
        requests.size(),
        model.autoencoder().channels(),
        frames,
        first.height() / factor,
        first.width() / factor);
  }

  /**
   * A video of a size that the model makes -> latents [1, C, F, h, w].
   *
   * @throws UserError if its sides are no multiples of {@link VideoModel#sizeMultiple}
   */
  public Tensor encode(Video video) {
    throw new UnsupportedOperationException("to come");
  }

  /** Latents [1, C, F, h, w] -> a video. */
  public Video decode(Tensor z_1CFHW, double fps) {
    return Scopes.value(() ->
        Scopes.noGrad(
            () -> FrameTensors.toVideo(model.autoencoder().decode(z_1CFHW).select(0, 0), fps)));
  }

  /** The first of a batch, after checking that the others agree with it and the model can do it. */
  private VideoRequest first(List<VideoRequest> requests) {
    VideoRequest first = requests.getFirst();
    requests.forEach(request -> check(request, first));
    return first;
  }

  private void check(VideoRequest request, VideoRequest first) {
    int multiple = model.sizeMultiple();
    if (request.width() % multiple != 0 || request.height() % multiple != 0) {
      throw new UserError(
          "this model makes sizes that are multiples of %d; nearest to %dx%d is %dx%d"
              .formatted(
                  multiple,
                  request.width(),
                  request.height(),
                  nearest(request.width(), multiple),
                  nearest(request.height(), multiple)));
    }
    if (request.steps() != first.steps()
        || request.frames() != first.frames()
        || request.width() != first.width()
        || request.height() != first.height()
        || request.guidance() != first.guidance()
        || !request.sampler().equals(first.sampler())) {
      throw new IllegalArgumentException("a batch may differ in prompts and seeds only");
    }
  }

  private static int nearest(int size, int multiple) {
    return Math.max(multiple, Math.round((float) size / multiple) * multiple);
  }
}
