package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Guide;
import io.zoetrope.pipeline.Inversion;
import io.zoetrope.pipeline.Job;
import io.zoetrope.pipeline.KeptOutside;
import io.zoetrope.pipeline.NullText;
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
 * @param away what guidance leads away from
 * @param mask_11FHW 1 where the prompt counts, 0 where the source stays, of the size of its
 *     latents; a frame for each, or one for all; empty if the prompt counts everywhere
 * @param check told for each clip how near a fall by the same words comes to it, in dB of its
 *     latents; empty makes no such fall
 */
public record Inverted(
    Tensor source_BCFHW,
    double strength,
    int overlap,
    Inversion how,
    String words,
    Away away,
    Optional<Tensor> mask_11FHW,
    Optional<DoubleConsumer> check)
    implements VideoTask {
  /** What guidance leads away from. */
  public enum Away {
    /** The negative prompt. */
    NEGATIVE,
    /**
     * The words of the source (negative-prompt inversion, Miyake et al. 2023): a fall by them is
     * the rise's inverse whatever the guidance.
     */
    SOURCE,
    /** What makes a fall by the words of the source the rise's inverse ({@link NullText}). */
    OPTIMIZED
  }

  /** Everywhere. */
  public Inverted(
      Tensor source_BCFHW,
      double strength,
      int overlap,
      Inversion how,
      String words,
      boolean away,
      Optional<DoubleConsumer> check) {
    this(
        source_BCFHW,
        strength,
        overlap,
        how,
        words,
        away ? Away.SOURCE : Away.NEGATIVE,
        Optional.empty(),
        check);
  }

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
    int ways = (check.isPresent() ? 3 : 2) + (away == Away.OPTIMIZED ? NullText.USUAL.most() : 0);
    Stages stages = new Stages(progress, (long) windows.count() * begin.steps() * ways);
    List<VideoRequest> rising = requests.stream().map(r -> r.withPrompt(words)).toList();
    List<VideoRequest> falling =
        requests.stream().map(r -> away == Away.SOURCE ? r.withNegative(words) : r).toList();
    return Scopes.tensor(() -> {
      Tensor source = Given.of(engine, requests, source_BCFHW);
      Film film = new Film();
      windows.each((number, from, done, count) -> {
        Tensor clip = source.narrow(2, from, count);
        TimestepPlan plan = done == 0 ? begin : Restyle.plan(descent, count, strength, done);
        Way way = new Way(engine, rising, plan, from);
        List<Tensor> path = Scopes.tensors(() -> way.up(clip, stages.next(plan.steps())));
        Tensor top = path.getLast();
        check.ifPresent(told -> told.accept(way.back(top, clip, stages.next(plan.steps()))));
        Tensor rest = source.narrow(2, from + done, count - done);
        Tensor content = done == 0 ? rest : Tensors.cat(List.of(film.tail(done), rest), 2);
        Job job = Job.of(plan, falling, content).named("restyle").at(number, from).from(top);
        Optional<KeptOutside> outside =
            mask_11FHW.map(m -> new KeptOutside(plan, path, of(m, from, count)));
        Engine leading = way.leading(falling, path, outside, stages);
        Tensor made = leading.run(job, stages.next(plan.steps()));
        Tensor whole = outside.map(kept -> kept.over(made)).orElse(made);
        film.add(whole.narrow(2, done, count - done));
      });
      return film.head(windows.latents());
    });
  }

  /** The mask of some frames. */
  private static Tensor of(Tensor mask_11FHW, int from, int count) {
    return mask_11FHW.size(2) == 1 ? mask_11FHW : mask_11FHW.narrow(2, from, count);
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

    List<Tensor> up(Tensor clip, Progress progress) {
      return how.rise(engine, requests, plan, clip, from, progress);
    }

    /** The engine of the fall. */
    Engine leading(
        List<VideoRequest> falling,
        List<Tensor> path,
        Optional<KeptOutside> outside,
        Stages stages) {
      Guide around = outside.<Guide>map(o -> o).orElse(Guide.NONE);
      if (away != Away.OPTIMIZED) {
        return outside.isEmpty() ? engine : engine.withGuide(around);
      }
      Progress finding = stages.next(plan.steps() * NullText.USUAL.most());
      List<Conditioning> found = NullText.USUAL.find(engine, requests, plan, path, from, finding);
      List<List<String>> prompts = falling.stream().map(r -> List.of(r.prompt())).toList();
      Guide away =
          NullText.guide(
              plan, found, engine.leading(falling, prompts, Sight.of(from, plan.prompts())));
      return engine.withGuide((denoiser, p, given, noise) ->
          around.wrap(away.wrap(denoiser, p, given, noise), p, given, noise));
    }

    double back(Tensor top, Tensor clip, Progress progress) {
      return Scopes.value(() ->
          Inversion.likeness(
              how.fall(engine, requests, plan, top, from, progress).getLast(), clip));
    }
  }
}
