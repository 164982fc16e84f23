package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.Progress;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Job;
import io.zoetrope.pipeline.VideoRequest;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Video to video: the source is noised to {@code strength} and falls from there. A source longer
 * than the request's clip is done clip by clip: the {@code overlap} frames that two clips share are
 * held as the first made them. F is the source's.
 *
 * @param source_BCFHW latents of the source
 * @param strength in (0, 1]: how much of the source is forgotten
 * @param overlap M, 1 to less than the clip length; of no matter to a source of one clip
 */
public record Restyle(Tensor source_BCFHW, double strength, int overlap) implements VideoTask {
  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    VideoRequest first = requests.getFirst();
    int frames = Math.toIntExact(source_BCFHW.size(2));
    int clip = Math.min(frames, first.frames());
    double[] levels = engine.levels(first.steps());
    TimestepPlan begin = Given.plan(() -> Plans.restyle(levels, clip, strength));
    if (frames > clip) {
      Given.plan(() -> Plans.restyleOn(levels, clip, strength, overlap));
    }
    int more = frames == clip ? 0 : Math.ceilDiv(frames - clip, clip - overlap);
    Stages stages = new Stages(progress, (more + 1L) * begin.steps());
    return Scopes.tensor(() -> {
      Tensor source = Given.of(engine, requests, source_BCFHW);
      Film film = new Film();
      film.add(
          engine.run(
              Job.of(begin, requests, source.narrow(2, 0, clip)).named("restyle"),
              stages.next(begin.steps())));
      for (int number = 1; film.frames() < frames; number++) {
        // The last clip is as long as the others and shares more with the one before it.
        int from = Math.min(film.frames() - overlap, frames - clip);
        int done = film.frames() - from;
        TimestepPlan plan = Plans.restyleOn(levels, clip, strength, done);
        Tensor content =
            Tensors.cat(List.of(film.tail(done), source.narrow(2, film.frames(), clip - done)), 2);
        Job job = Job.of(plan, requests, content).named("restyle").at(number, from);
        Tensor made = engine.run(job, stages.next(plan.steps()));
        film.add(made.narrow(2, done, clip - done));
      }
      return film.head(frames);
    });
  }
}
