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

  /**
   * @param held the first frame against the image's round trip, decibels
   * @param ratio step from the last frame to the first, over the median step
   * @param leaving step from the first frame, which is given, to the next, over the median step
   * @param seamless loops whose ratio is at most 1.5
   * @param adherence of the videos
   */
  record Result(
      Spread held, Spread ratio, Spread leaving, Rate seamless, AdherenceRates adherence) {
    Report report() {
      return new Report()
          .spread("given frame, dB", held)
          .spread("last step over median", ratio)
          .spread("first step over median", leaving)
          .rate("at most 1.5", seamless)
          .adherence(adherence)
          .promise("on average the last step is at most 1.5 of the median", ratio.mean() <= MOST);
    }
  }

  @Override
  public Report run(Bench bench) {
    return measure(bench).report();
  }

  Result measure(Bench bench) {
    List<Double> held = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    List<Double> leaving = new ArrayList<>();
    List<Adherence> looks = new ArrayList<>();
    bench.eachBatch(
        Shots.ENDLESS,
        batch -> {
          Shots source = Shots.rendered(bench, batch.clips(), 1);
          Tensor given = bench.engine().encode(source.x_B3FHW());
          Tensor trip = Ops.clamp(bench.engine().pixels(given), -1, 1);
          Tensor z =
              new Loop(given).latents(bench.engine(), batch.requests(), bench.progress("loop"));
          Shots shots = Shots.decoded(bench.engine(), z, bench.defaults().fps());
          for (int i = 0; i < batch.size(); i++) {
            held.add(Psnr.of(shots.frame(i, 0), trip.select(0, i).select(1, 0)));
            ratios.add(Change.loopStepRatio(shots.one(i)));
            leaving.add(Change.firstStepRatio(shots.one(i)));
            looks.add(Shots.judge(shots.videos().get(i), batch.clips().get(i).prompt()));
            bench.show(batch.clips().get(i).prompt().text(), shots.videos().get(i));
          }
        });
    return new Result(
        Spread.of(held),
        Spread.of(ratios),
        Spread.of(leaving),
        Rate.of(ratios, r -> r <= MOST),
        AdherenceRates.of(looks));
  }
}
