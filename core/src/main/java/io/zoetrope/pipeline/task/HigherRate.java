package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Job;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.pytorch.Tensor;

/**
 * A higher frame rate: new frames between every two. With {@code times} = n, frame n k of the
 * result is frame k of the source, to the last bit. The result is at the rate that the model was
 * trained at, so the source is at an n-th of that. A longer video is done window by window of
 * {@code request.frames()} frames, each beginning with frames that are done.
 *
 * <p>Frames are held one by one, so each must have a latent of its own.
 *
 * @param source_BCMHW M frames, at least 2; the result has F = n (M - 1) + 1
 * @param times n, at least 2
 * @param overlap frames that a window shares with what is done, 1 to less than the window
 */
public record HigherRate(Tensor source_BCMHW, int times, int overlap) implements VideoTask {
  public HigherRate {
    if (times < 2) {
      throw new IllegalArgumentException("a higher rate is at least 2 times one, not " + times);
    }
  }

  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    engine.requireLatentPerFrame("a higher frame rate");
    VideoRequest first = requests.getFirst();
    if (source_BCMHW.size(2) < 2) {
      throw new UserError(Fault.INVALID, "between fewer than 2 frames there is nothing to make");
    }
    Windows windows =
        Windows.of(
            Math.toIntExact(times * (source_BCMHW.size(2) - 1) + 1), first.frames(), overlap);
    double[] levels = engine.levels(first);
    AtomicInteger work = new AtomicInteger();
    windows.each((number, from, done, count) -> work.addAndGet(isNew(from + done, count - done)));
    Stages stages = new Stages(progress, (long) work.get() * first.steps());
    return Scopes.tensor(() -> {
      Tensor source = Given.of(engine, requests, source_BCMHW);
      Film film = new Film();
      windows.each((number, from, done, count) -> {
        if (isNew(from + done, count - done) == 0) {
          film.add(source.narrow(2, (from + done) / times, 1));
          return;
        }
        TimestepPlan plan =
            Given.plan(() ->
                Plans.imageToVideo(
                    levels, count, frame -> frame < done || (from + frame) % times == 0, 0));
        List<Tensor> content = new ArrayList<>();
        if (done > 0) {
          content.add(film.tail(done));
        }
        for (int frame = from + done; frame < from + count; frame++) {
          content.add(
              frame % times == 0 ? source.narrow(2, frame / times, 1) : engine.canvas(requests, 1));
        }
        Job job = Job.of(plan, requests, Tensors.cat(content, 2)).at(number, from);
        Tensor made = engine.run(job, stages.next(plan.steps()));
        film.add(made.narrow(2, done, count - done));
      });
      return film.head(windows.latents());
    });
  }

  /** 1 if a stretch of the result has frames that are not in the source, else 0. */
  private int isNew(int first, int count) {
    return count > 1 || first % times != 0 ? 1 : 0;
  }
}
