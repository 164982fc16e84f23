package io.zoetrope.pipeline;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.sampler.Move;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Recompute;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Null-text inversion (Mokady et al. 2023, "Null-text Inversion for Editing Real Images using
 * Guided Diffusion Models", section 3.2): for each step of a guided fall by the words of the
 * source, what guidance leads away from is moved until the step lands where the rise came by. With
 * other words the same leads to an edit.
 *
 * @param most times that it is moved in a step, 1 or more; each asks the network once, with a
 *     gradient
 */
public record NullText(int most) {
  /** As in the paper. */
  public static final NullText USUAL = new NullText(10);

  private static final double RATE = 0.01;
  private static final double SLOWER = 100;
  private static final double ENOUGH = 1e-5;
  private static final double ENOUGH_MORE = 2e-5;
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPS = 1e-8;

  public NullText {
    if (most < 1) {
      throw new IllegalArgumentException("it is moved at least once, not " + most);
    }
  }

  /**
   * Walks a fall.
   *
   * @param requests with the words of the source, their guidance, and the negative prompt to begin
   *     at
   * @param fall the plan of the fall
   * @param path latents at its rows, from its last to its first, as {@link Inversion#rise} gives
   *     them
   * @param firstFrame number of their first frame in a longer video
   * @return what guidance is to lead away from in each step, owned by the caller's scope
   */
  public List<Conditioning> find(
      Engine engine,
      List<VideoRequest> requests,
      TimestepPlan fall,
      List<Tensor> path,
      long firstFrame,
      Progress progress) {
    return engine.sampling(() ->
        Scopes.noGrad(() -> {
          Walk walk = new Walk(engine, requests, fall, firstFrame);
          Conditioning begin =
              engine
                  .model()
                  .conditions(List.of(requests.stream().map(VideoRequest::negative).toList()))
                  .getFirst();
          List<Conditioning> found = new ArrayList<>();
          Tensor text = begin.get(Conditioning.TEXT).orElseThrow().to(ScalarType.Float);
          Tensor z = path.getLast();
          for (int step = 0; step < fall.steps(); step++) {
            progress.requireGoing(step, fall.steps());
            Tensor aim = path.get(fall.steps() - 1 - step);
            Tensor before = text;
            Tensor at = z;
            int row = step;
            List<Tensor> made =
                Scopes.tensors(() -> walk.step(row, at, aim, begin, before.clone()));
            text = made.get(0);
            z = made.get(1);
            found.add(begin.with(Conditioning.TEXT, text));
            progress.update(Report.of(Phase.SAMPLE, step + 1, fall.steps()));
          }
          return List.copyOf(found);
        }));
  }

  /** A fall by the words of the source. */
  private final class Walk {
    private final TimestepPlan fall;
    private final double guidance;
    private final NoiseSchedule schedule;
    private final X0Denoiser told;
    private final Function<Conditioning, X0Denoiser> away;

    Walk(Engine engine, List<VideoRequest> requests, TimestepPlan fall, long firstFrame) {
      this.fall = fall;
      guidance = requests.getFirst().guidance();
      List<List<String>> prompts = requests.stream().map(r -> List.of(r.prompt())).toList();
      Sight sight = Sight.of(firstFrame, fall.prompts());
      told = engine.guided(with(requests, 1), prompts, sight);
      away = engine.leading(with(requests, 0), prompts, sight);
      schedule = told.schedule();
    }

    private static List<VideoRequest> with(List<VideoRequest> requests, double guidance) {
      return requests.stream().map(r -> r.withGuidance(guidance)).toList();
    }

    /** What was found, and where the step lands by it. */
    List<Tensor> step(int row, Tensor z, Tensor aim, Conditioning begin, Tensor text) {
      Tensor from_BF = fall.row_1F(row);
      Levels from = schedule.levels(from_BF, z);
      Levels to = from.landings(schedule.levels(fall.row_1F(row + 1), z), schedule);
      Move move = new Move(z, from_BF, from, to, row);
      Tensor conditional = Scopes.tensor(() -> told.x0(z, from_BF, Conditioning.none()));
      Tensor first = Tensors.zeros(Tensors.shape(text)).to(text.device(), text.scalar_type());
      Tensor second = first.clone();
      double rate = RATE * (1 - row / SLOWER);
      for (int i = 1; i <= most; i++) {
        int count = i;
        boolean enough =
            Scopes.value(() -> {
              Tensor leaf = text.detach().set_requires_grad(true);
              double error =
                  Autograd.recording(() -> {
                    Recompute segments = new Recompute();
                    X0Denoiser denoiser = away.apply(begin.with(Conditioning.TEXT, leaf));
                    Tensor next = next(denoiser.segmented(segments), move, conditional);
                    Tensor loss = next.sub(aim).square().mean();
                    if (loss.requires_grad()) {
                      segments.backward(loss);
                    }
                    return loss.item_double();
                  });
              Autograd.gradient(leaf)
                  .ifPresent(g ->
                      Scopes.run(() -> adam(text, g, first, second, count, Math.max(0, rate))));
              return error < ENOUGH + ENOUGH_MORE * row;
            });
        if (enough) {
          break;
        }
      }
      X0Denoiser found = away.apply(begin.with(Conditioning.TEXT, text));
      return List.of(text, Scopes.tensor(() -> next(found, move, conditional)));
    }

    private Tensor next(X0Denoiser away, Move move, Tensor conditional) {
      Tensor from = away.x0(move.z(), move.u_BF(), Conditioning.none());
      Tensor guided = from.add(Ops.mul(conditional.sub(from), guidance));
      return move.whereFalling(move.straight(guided));
    }
  }

  private static void adam(Tensor x, Tensor g, Tensor first, Tensor second, int i, double rate) {
    first.mul_(new Scalar(BETA1)).add_(g, new Scalar(1 - BETA1));
    second.mul_(new Scalar(BETA2)).addcmul_(g, g, new Scalar(1 - BETA2));
    Tensor spread = second.sqrt().div_(new Scalar(Math.sqrt(1 - Math.pow(BETA2, i))));
    x.addcdiv_(first, spread.add_(new Scalar(EPS)), new Scalar(-rate / (1 - Math.pow(BETA1, i))));
  }

  /**
   * A guide by which a fall leads away from something else in each step.
   *
   * @param fall its plan
   * @param found what {@link #find} found
   * @param leading the denoiser of the fall, see {@link Engine#leading}
   */
  public static Guide guide(
      TimestepPlan fall, List<Conditioning> found, Function<Conditioning, X0Denoiser> leading) {
    FallRows rows = FallRows.of(fall);
    return (denoiser, plan, given, noise) ->
        new X0Denoiser() {
          @Override
          public NoiseSchedule schedule() {
            return denoiser.schedule();
          }

          @Override
          public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
            int row = Math.min(rows.at(u_BF), found.size() - 1);
            return leading.apply(found.get(row)).x0(z_BCFHW, u_BF, conditioning);
          }
        };
  }
}
