package io.zoetrope.pipeline;

import io.zoetrope.diffusion.Conditioning;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Progress;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.guidance.ClassifierFreeGuidance;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.torch.UserError;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * From a prompt to a video: the uniform plan, in which all frames fall from noise to clean
 * together.
 */
public final class TextToVideo {
  private final VideoModel model;

  public TextToVideo(VideoModel model) {
    this.model = model;
  }

  /**
   * Makes a video.
   *
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  public Video run(VideoRequest request, Progress progress) {
    return Scopes.value(() -> decode(latents(List.of(request), progress), request.fps()));
  }

  /**
   * The latents of several requests at once, which may differ in prompts and seeds only: [B, C, F,
   * h, w], about unit variance. Each clip's noise depends on its own request alone.
   */
  public Tensor latents(List<VideoRequest> requests, Progress progress) {
    VideoRequest first = requests.getFirst();
    requests.forEach(request -> check(request, first));
    return Scopes.noGrad(() -> Scopes.tensor(() -> sample(requests, first, progress)));
  }

  private Tensor sample(List<VideoRequest> requests, VideoRequest first, Progress progress) {
    NoiseSchedule schedule = model.denoiser().schedule();
    Conditioning positive = model.condition(requests.stream().map(VideoRequest::prompt).toList());
    Conditioning negative = model.condition(requests.stream().map(VideoRequest::negative).toList());
    X0Denoiser guided = new ClassifierFreeGuidance(model.denoiser(), negative, first.guidance());
    TimestepPlan plan = TimestepPlan.uniform(schedule.spacing(first.steps()), first.frames());
    Noise noise =
        new Noise(
            requests.stream().map(r -> new RandomStreams(r.seed()).child("clip", 0)).toList(), 0);
    int factor = model.autoencoder().factor();
    Tensor empty =
        Tensors.zeros(
            requests.size(),
            model.autoencoder().channels(),
            first.frames(),
            first.height() / factor,
            first.width() / factor);
    Tensor start = SamplerLoop.start(plan, schedule, empty, noise);
    return new SamplerLoop(Samplers.of(first.sampler()), guided)
        .run(plan, start, positive, noise, progress);
  }

  /** Latents [1, C, F, h, w] -> a video. */
  public Video decode(Tensor z_1CFHW, double fps) {
    return Scopes.value(() ->
        Scopes.noGrad(
            () -> FrameTensors.toVideo(model.autoencoder().decode(z_1CFHW).select(0, 0), fps)));
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
