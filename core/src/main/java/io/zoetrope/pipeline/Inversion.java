package io.zoetrope.pipeline;

import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.Rise;
import io.zoetrope.diffusion.sampler.Sampler;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The way up from a clip to the noise from which a sampler falls to it: DDIM inversion, and what it
 * is for flows ({@link Rise.Inverse}). By the prompts of the requests and at guidance 1, since the
 * rise is the inverse of a fall without guidance.
 *
 * @param passes of the fixed point after the first, 0 or more
 */
public record Inversion(int passes) {
  /** The most passes that make sense: by then a rise stands still, or never will. */
  public static final int MOST_PASSES = 20;

  /**
   * Requires that falls of a request can be taken back.
   *
   * @throws UserError if its sampler draws noise, remembers steps, asks twice or clips
   */
  public static void requireStraight(String name, Sampler sampler) {
    if (!sampler.straight()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          ("the steps of the sampler %s cannot be taken back: it draws noise, remembers steps, asks"
                  + " twice or clips")
              .formatted(name),
          Mend.of("take ").and(Mend.Knob.SAMPLER, "ddim").and(", euler or flow-euler"));
    }
  }

  /**
   * Lets clips rise, up the rows of a plan from its last to its first; frames that it holds are
   * held.
   *
   * @param requests with the prompts of the rise, one for each clip
   * @param fall the plan by which they are to fall
   * @param z_BCFHW clean latents, at the last of its rows
   * @param firstFrame number of their first frame in a longer video
   * @return the latents at each row on the way up, z first, owned by the caller's scope
   * @throws UserError if the sampler cannot be inverted, or what comes out is not finite
   */
  public List<Tensor> rise(
      Engine engine,
      List<VideoRequest> requests,
      TimestepPlan fall,
      Tensor z_BCFHW,
      long firstFrame,
      Progress progress) {
    double[][] up = fall.levels();
    Collections.reverse(Arrays.asList(up));
    return walk(engine, requests, up, z_BCFHW, firstFrame, progress, new Rise.Inverse(passes));
  }

  /** Lets them fall at guidance 1: as {@link #rise}, from the plan's first row to its last. */
  public List<Tensor> fall(
      Engine engine,
      List<VideoRequest> requests,
      TimestepPlan fall,
      Tensor z_BCFHW,
      long firstFrame,
      Progress progress) {
    return walk(engine, requests, fall.levels(), z_BCFHW, firstFrame, progress, Rise.RENOISE);
  }

  private static List<Tensor> walk(
      Engine engine,
      List<VideoRequest> requests,
      double[][] levels,
      Tensor z_BCFHW,
      long firstFrame,
      Progress progress,
      Rise rise) {
    List<VideoRequest> plain = requests.stream().map(r -> r.withGuidance(1)).toList();
    VideoRequest first = plain.getFirst();
    Sampler sampler = engine.sampling(first, first.steps()).sampler();
    requireStraight(first.sampler(), sampler);
    engine.requireFit(z_BCFHW, plain);
    // Straight steps draw no noise.
    Noise none = Noise.of(new RandomStreams(0), plain.size()).from(firstFrame);
    List<Tensor> rows = new ArrayList<>();
    rows.add(engine.model().device().place(z_BCFHW));
    return engine.sampling(() ->
        Scopes.noGrad(() -> {
          List<List<String>> prompts = plain.stream().map(r -> List.of(r.prompt())).toList();
          Sight sight = Sight.of(firstFrame, step(levels, 0).prompts());
          X0Denoiser denoiser = engine.guided(plain, prompts, sight);
          SamplerLoop loop = new SamplerLoop(sampler, denoiser, rise);
          for (int row = 0; row + 1 < levels.length; row++) {
            Progress step = progress.part(Phase.SAMPLE, row, 1, levels.length - 1);
            rows.add(loop.run(step(levels, row), rows.getLast(), none, step));
          }
          return List.copyOf(rows);
        }));
  }

  /** From one row to the next; every frame is given, whatever its level. */
  private static TimestepPlan step(double[][] levels, int row) {
    boolean[] given = new boolean[levels[row].length];
    Arrays.fill(given, true);
    return TimestepPlan.of(new double[][] {levels[row], levels[row + 1]}, given);
  }

  /** How near latents came to others, in dB below their own root mean square. */
  public static double likeness(Tensor z_BCFHW, Tensor source_BCFHW) {
    return Scopes.value(() -> {
      double error = z_BCFHW.sub(source_BCFHW).square().mean().item_double();
      double power = source_BCFHW.square().mean().item_double();
      return 10 * Math.log10(power / Math.max(error, Double.MIN_NORMAL));
    });
  }
}
