package io.zoetrope.eval.suite;

import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.eval.AdherenceRates;
import io.zoetrope.eval.Rate;
import io.zoetrope.eval.Spread;
import io.zoetrope.eval.picture.Change;
import io.zoetrope.eval.picture.Psnr;
import io.zoetrope.pipeline.task.Loop;
import io.zoetrope.torch.Ops;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A loop from an image back to it, with motions that can do that. Does it close without a jolt? */
record LoopSuite() implements Suite {
  private static final double MOST = 1.5;

  /** Of the cases: the image held, and with a little noise, as {@code loop} has it. */
  private static final List<Double> LEVELS = List.of(0.0, Loop.USUAL_LEVEL);

  /**
   * @param level that the image starts at
   * @param held the first frame against the image's round trip, decibels
   * @param ratio step from the last frame to the first, over the median step
   * @param leaving step from the first frame, which is given, to the next, over the median step
   * @param seamless loops whose ratio is at most 1.5
   * @param adherence of the videos
   */
  record Result(
      double level,
      Spread held,
      Spread ratio,
      Spread leaving,
      Rate seamless,
      AdherenceRates adherence) {
    void into(Report report) {
      report
          .spread("given frame, dB", held)
          .spread("last step over median", ratio)
          .spread("first step over median", leaving)
          .rate("at most 1.5", seamless)
          .adherence(adherence);
    }
  }

  /** What is seen of the loops of one level. */
  private static final class Case {
    private final double level;
    private final List<Double> held = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();
    private final List<Double> leaving = new ArrayList<>();
    private final List<Adherence> looks = new ArrayList<>();

    Case(double level) {
      this.level = level;
    }

    void add(Bench bench, Bench.Batch batch, Tensor given, Tensor trip) {
      Tensor z =
          new Loop(given, level)
              .latents(bench.engine(), batch.requests(), bench.progress("loop, noise " + level));
      Shots shots = Shots.decoded(bench.engine(), z, bench.defaults().fps());
      for (int i = 0; i < batch.size(); i++) {
        held.add(Psnr.of(shots.frame(i, 0), trip.select(0, i).select(1, 0)));
        ratios.add(Change.loopStepRatio(shots.one(i)));
        leaving.add(Change.firstStepRatio(shots.one(i)));
        looks.add(Shots.judge(shots.videos().get(i), batch.clips().get(i).prompt()));
        if (level == Loop.USUAL_LEVEL) {
          bench.show(batch.clips().get(i).prompt().text(), shots.videos().get(i));
        }
      }
    }

    Result result() {
      return new Result(
          level,
          Spread.of(held),
          Spread.of(ratios),
          Spread.of(leaving),
          Rate.of(ratios, r -> r <= MOST),
          AdherenceRates.of(looks));
    }
  }

  @Override
  public Report run(Bench bench) {
    Report report = new Report();
    List<Result> results = measure(bench);
    for (Result result : results) {
      result.into(report.section("noise " + result.level()));
      report.end();
    }
    return report.promise(
        "with a little noise the last step is on average at most 1.5 of the median",
        results.getLast().ratio().mean() <= MOST);
  }

  /** Each level's loops, in the order of the levels. */
  List<Result> measure(Bench bench) {
    List<Case> cases = LEVELS.stream().map(Case::new).toList();
    bench.eachBatch(
        Shots.ENDLESS,
        batch -> {
          Shots source = Shots.rendered(bench, batch.clips(), 1);
          Tensor given = bench.engine().encode(source.x_B3FHW());
          Tensor trip = Ops.clamp(bench.engine().pixels(given), -1, 1);
          cases.forEach(c -> c.add(bench, batch, given, trip));
        });
    return cases.stream().map(Case::result).toList();
  }
}
