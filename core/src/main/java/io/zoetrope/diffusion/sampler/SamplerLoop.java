package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.progress.WithinStep;
import io.zoetrope.torch.ComputeDevice;
import io.zoetrope.torch.Finite;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The one loop: runs any plan with any sampler and denoiser. Each step has a native scope of its
 * own, so memory is flat over any number of steps. Gradients are off; guidance that needs one
 * switches them on for itself.
 *
 * @param sampler how a step is made
 * @param denoiser network, guidance and what the video is conditioned on
 * @param rise how frames rise
 * @param edit of x0 within steps that fall
 */
public record SamplerLoop(Sampler sampler, X0Denoiser denoiser, Rise rise, X0Edit edit) {
  /** One without edits. */
  public SamplerLoop(Sampler sampler, X0Denoiser denoiser, Rise rise) {
    this(sampler, denoiser, rise, X0Edit.NONE);
  }

  /** One in which frames rise by fresh noise. */
  public SamplerLoop(Sampler sampler, X0Denoiser denoiser) {
    this(sampler, denoiser, Rise.RENOISE);
  }

  /** This with an edit of x0 within its steps. */
  public SamplerLoop editing(X0Edit other) {
    return new SamplerLoop(sampler, denoiser, rise, other);
  }

  /**
   * Runs a plan.
   *
   * @param start_BCFHW the video at the plan's first row; see {@link #start}
   * @return the video at the plan's last row, owned by the caller's scope
   * @throws CancellationException when progress says so, within a step too: the latents of before
   *     are lost
   * @throws io.zoetrope.error.UserError after the first step whose latents are not finite numbers
   */
  public Tensor run(TimestepPlan plan, Tensor start_BCFHW, Noise noise, Progress progress) {
    return run(plan, start_BCFHW, noise, progress, Halts.NONE);
  }

  /**
   * As above, perhaps not all of it.
   *
   * @return the video at the plan's last row, or as it is estimated where the walk ends before
   */
  public Tensor run(
      TimestepPlan plan, Tensor start_BCFHW, Noise noise, Progress progress, Halts halts) {
    if (start_BCFHW.dim() != 5 || start_BCFHW.size(2) != plan.frames()) {
      throw new IllegalArgumentException(
          "a plan of "
              + plan.frames()
              + " frames does not fit a video of shape "
              + Arrays.toString(Tensors.shape(start_BCFHW)));
    }
    return Scopes.noGrad(
        () -> Scopes.tensor(() -> steps(plan, start_BCFHW, noise, progress, halts)));
  }

  @SuppressWarnings("ReferenceEquality") // a step that holds every frame returns its very argument
  private Tensor steps(
      TimestepPlan plan, Tensor first, Noise noise, Progress progress, Halts halts) {
    Optional<Halts.Begun> begun = halts.begin(plan, denoiser.remembers());
    int from = begun.map(Halts.Begun::row).orElse(0);
    ComputeDevice device = ComputeDevice.of(first);
    Tensor start = begun.map(b -> device.place(b.z_BCFHW())).orElse(first);
    Tensor z = start;
    try (Sampler.Run run = sampler.begin(denoiser, noise).rising(rise).after(from)) {
      begun.ifPresent(b -> run.recall(placed(b.past(), device), at -> leg(plan, at, start)));
      int falls = (int) IntStream.range(0, from).filter(plan::falls).count();
      for (int step = from; step < plan.steps(); step++) {
        int fall = falls;
        falls += plan.falls(step) ? 1 : 0;
        run.editing(x0 -> edit.edited(x0, fall, falling(plan)).orElse(x0));
        Tensor before = z;
        int row = step;
        boolean last = row + 1 < plan.steps() && halts.endsAt(row + 1);
        try {
          progress.requireGoing(step, plan.steps());
          z = Scopes.tensor(() -> step(run, plan, row, before, noise, progress, halts, last));
        } catch (CancellationException e) {
          keep(run, halts, plan, row, before);
          throw e;
        }
        if (before != start && before != z) {
          PointerScope.getInnerScope().detach(before);
        }
        if (last) {
          return z;
        }
      }
    }
    return z;
  }

  /** Tells what there is at a row, if a walk can be taken up by it. */
  private static void keep(Sampler.Run run, Halts halts, TimestepPlan plan, int row, Tensor z) {
    run.past(row).ifPresent(past -> halts.keep(plan, new Halts.Begun(row, z, past)));
  }

  private static Map<String, Tensor> placed(Map<String, Tensor> past, ComputeDevice device) {
    return past.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> device.place(entry.getValue())));
  }

  /** Where a step of a plan leads, as {@link Sampler.Run#step} has it. */
  private Sampler.Run.Leg leg(TimestepPlan plan, int step, Tensor z) {
    Levels from = denoiser.schedule().levels(plan.row_1F(step), z);
    Levels aim = denoiser.schedule().levels(plan.row_1F(step + 1), z);
    return new Sampler.Run.Leg(from, from.landings(aim, denoiser.schedule()));
  }

  /** One step: the video at the next row, or what is estimated there if that is the last. */
  private Tensor step(
      Sampler.Run run,
      TimestepPlan plan,
      int row,
      Tensor before,
      Noise noise,
      Progress progress,
      Halts halts,
      boolean last) {
    Tensor next =
        WithinStep.run(
            progress,
            row,
            plan.steps(),
            () -> run.step(before, plan.row_1F(row), plan.row_1F(row + 1)));
    Finite.require(next, "the latents after step %s of %s".formatted(row + 1, plan.steps()));
    progress.update(
        Report.of(Phase.SAMPLE, row + 1, plan.steps())
            .row(Report.Row.of(row + 1, plan.steps(), plan.row(row + 1)))
            .firstFrame(noise.firstFrame())
            .preview(run::lastX0));
    if (last || halts.keepsAt(row + 1)) {
      keep(run, halts, plan, row + 1, next);
    }
    if (!last) {
      return next;
    }
    Tensor clean =
        denoiser
            .schedule()
            .levels(plan.row_1F(row + 1), next)
            .coefficient(level -> level.u() == 0 ? 1 : 0, next)
            .to(ScalarType.Bool);
    return run.lastX0().map(x0 -> torch.where(clean, next, x0)).orElse(next);
  }

  /** In how many steps of a plan any frame falls. */
  private static int falling(TimestepPlan plan) {
    return (int) IntStream.range(0, plan.steps()).filter(plan::falls).count();
  }

  /**
   * The video at a plan's first row: given frames noised to their level, the others pure noise.
   * Given frames have noise of another name, so that what was made of some noise is never noised by
   * the same again.
   *
   * @param given_BCFHW clean content; only its given frames are read
   */
  public static Tensor start(
      TimestepPlan plan, NoiseSchedule schedule, Tensor given_BCFHW, Noise noise) {
    return Scopes.tensor(() -> {
      Tensor eps = noise.normal("start", 0, given_BCFHW);
      Levels levels = schedule.levels(plan.row_1F(0), given_BCFHW);
      Tensor born = Ops.mul(eps, schedule.bornScale());
      Tensor noised =
          schedule.noisyInput(given_BCFHW, noise.normal("given", 0, given_BCFHW), plan.row_1F(0));
      double[] marks = new double[plan.frames()];
      for (int frame = 0; frame < marks.length; frame++) {
        marks[frame] = plan.given(frame) ? 1 : 0;
      }
      Tensor given = Tensors.of(marks, 1, 1, plan.frames(), 1, 1).to(eps.device(), ScalarType.Bool);
      Tensor start = torch.where(given, noised, born);
      // Level 0 is clean to the last bit, even where the schedule keeps a trace of noise there.
      Tensor clean = levels.coefficient(level -> level.u() == 0 ? 1 : 0, eps).to(ScalarType.Bool);
      return torch.where(clean, given_BCFHW, start);
    });
  }
}
