package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.guidance.Downsampling;
import io.zoetrope.diffusion.guidance.Known;
import io.zoetrope.diffusion.guidance.Measurement;
import io.zoetrope.diffusion.guidance.ReconstructionGuidance;
import io.zoetrope.diffusion.guidance.ReconstructionGuidance.Activations;
import io.zoetrope.diffusion.guidance.ReconstructionWeight;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.network.vae.Stretches;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Guide;
import io.zoetrope.pipeline.Job;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A small video made large by reconstruction guidance (Ho et al. 2022, section 3.1): text to video
 * in the request's size, guided to what the small one shows. The gradient goes through the
 * autoencoder's decoder and a down-sampler; this guide takes the place of the engine's. A longer
 * video is done window by window of {@code request.frames()} frames, whose first ones are done and
 * held.
 *
 * @param small_B3FHW pixels in [-1, 1], smaller than the request on both sides; F frames make F
 * @param overlap frames that a window shares with what is done, 1 to less than the window
 * @param kernel how the small video was made from the large one that is sought
 * @param weight of the guidance. The error counts small pixels, so it wants weights of its own
 * @param activations how the gradient gets the activations of the network
 */
public record SuperResolve(
    Tensor small_B3FHW,
    int overlap,
    Downsampling kernel,
    ReconstructionWeight weight,
    Activations activations)
    implements VideoTask {
  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    VideoRequest first = requests.getFirst();
    if (small_B3FHW.size(3) > first.height() || small_B3FHW.size(4) > first.width()) {
      throw new UserError(
          Fault.INVALID,
          "a video of %sx%s is not smaller than %sx%s"
              .formatted(small_B3FHW.size(4), small_B3FHW.size(3), first.width(), first.height()),
          "ask for a larger one");
    }
    LatentGrid grid = engine.model().grid();
    Tensor small_B3FHW = new Stretches(engine.model().autoencoder()).filled(this.small_B3FHW);
    Windows windows =
        Windows.of(
            grid.latents(Math.toIntExact(small_B3FHW.size(2))),
            grid.latents(first.frames()),
            grid.following(overlap));
    double[] levels = engine.levels(first);
    Measurement measurement =
        new Measurement.Decoded(
            engine.model().autoencoder()::decode,
            new Measurement.Downsampled(small_B3FHW.size(3), small_B3FHW.size(4), kernel));
    Stages stages = new Stages(progress, (long) windows.count() * first.steps());
    return Scopes.tensor(() -> {
      Known small = new Known(measurement, engine.model().device().place(small_B3FHW));
      Film film = new Film();
      windows.each((number, from, done, count) -> {
        TimestepPlan plan =
            done == 0
                ? Plans.textToVideo(levels, count)
                : Given.plan(() -> Plans.extend(levels, count, done));
        Tensor content =
            done == 0
                ? engine.canvas(requests, count)
                : Given.then(engine, requests, film.tail(done), count - done);
        // As the decoder sees a window: by itself, from the last frame of its first latent on.
        Known part = small.frames(from * grid.time(), grid.frames(count));
        Guide guide =
            (denoiser, asked, given, noise) ->
                new ReconstructionGuidance(denoiser, List.of(part), noise, weight, activations);
        Job job = Job.of(plan, requests, content).at(number, from);
        Tensor made = engine.withGuide(guide).run(job, stages.next(plan.steps()));
        film.add(made.narrow(2, done, count - done));
      });
      return film.head(windows.latents());
    });
  }
}
