package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Inversion;
import io.zoetrope.pipeline.Job;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import org.bytedeco.pytorch.Tensor;

/**
 * Video to video from the source's own noise: it rises without chance to {@code strength}, by
 * {@code words} and without guidance, and falls from there by the prompt. What the new prompt does
 * not speak of comes back. A source longer than the request's clip is done clip by clip, as in
 * {@link Restyle}.
 *
 * @param source_BCFHW latents of the source
 * @param strength in (0, 1]: how far it rises
 * @param overlap M, 1 to less than the clip length; of no matter to a source of one clip
 * @param how it rises
 * @param words what the source shows; may be empty
 * @param away whether guidance leads away from those words, in place of the negative prompt
 *     (negative-prompt inversion, Miyake et al. 2023): a fall by them then is the rise's inverse
 *     whatever the guidance
 * @param check told for each clip how near a fall by the same words comes to it, in dB of its
 *     latents; empty makes no such fall
 */
public record Inverted(
    Tensor source_BCFHW,
    double strength,
    int overlap,
    Inversion how,
    String words,
    boolean away,
    Optional<DoubleConsumer> check)
    implements VideoTask {
  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    VideoRequest first = requests.getFirst();
    Windows windows =
        Windows.of(
            Math.toIntExact(source_BCFHW.size(2)),
            engine.latents(first.frames()),
            engine.model().grid().following(overlap));
    Descent descent = engine.descent(first);
    TimestepPlan begin = Restyle.plan(descent, windows.window(), strength);
    int ways = check.isPresent() ? 3 : 2;
    Stages stages = new Stages(progress, (long) windows.count() * begin.steps() * ways);
    List<VideoRequest> rising = requests.stream().map(r -> r.withPrompt(words)).toList();
    List<VideoRequest> falling =
        requests.stream().map(r -> away ? r.withNegative(words) : r).toList();
    return Scopes.tensor(() -> {
      Tensor source = Given.of(engine, requests, source_BCFHW);
      Film film = new Film();
      windows.each((number, from, done, count) -> {
        Tensor clip = source.narrow(2, from, count);
        TimestepPlan plan = done == 0 ? begin : Restyle.plan(descent, count, strength, done);
        Way way = new Way(engine, rising, plan, from);
        Tensor top = Scopes.tensor(() -> way.up(clip, stages.next(plan.steps())));
        check.ifPresent(told -> told.accept(way.back(top, clip, stages.next(plan.steps()))));
        Tensor rest = source.narrow(2, from + done, count - done);
        Tensor content = done == 0 ? rest : Tensors.cat(List.of(film.tail(done), rest), 2);
        Job job = Job.of(plan, falling, content).named("restyle").at(number, from).from(top);
        Tensor made = engine.run(job, stages.next(plan.steps()));
        film.add(made.narrow(2, done, count - done));
      });
      return film.head(windows.latents());
    });
  }

  /** Up from a clip without guidance, and down again. */
  private final class Way {
    private final Engine engine;
    private final List<VideoRequest> requests;
    private final TimestepPlan plan;
    private final int from;

    Way(Engine engine, List<VideoRequest> requests, TimestepPlan plan, int from) {
      this.engine = engine;
      this.requests = requests;
      this.plan = plan;
      this.from = from;
    }

    Tensor up(Tensor clip, Progress progress) {
      return how.rise(engine, requests, plan, clip, from, progress).getLast();
    }

    double back(Tensor top, Tensor clip, Progress progress) {
      return Scopes.value(() ->
          Inversion.likeness(
              how.fall(engine, requests, plan, top, from, progress).getLast(), clip));
    }
  }
}
