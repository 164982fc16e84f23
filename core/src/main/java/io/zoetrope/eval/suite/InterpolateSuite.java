package io.zoetrope.eval.suite;

import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.eval.AdherenceRates;
import io.zoetrope.eval.Rate;
import io.zoetrope.eval.Spread;
import io.zoetrope.eval.features.FeatureSet;
import io.zoetrope.eval.features.FrechetDistance;
import io.zoetrope.eval.motion.Displacement;
import io.zoetrope.eval.motion.Trajectory;
import io.zoetrope.eval.picture.Psnr;
import io.zoetrope.pipeline.task.Interpolate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;

/**
 * The frames between two: first and last frame of a rendered clip in which a toy goes straight. Do
 * both come back, and does the toy go from one to the other without turning back?
 */
record InterpolateSuite() implements Suite {
  private static final double LEAST_DB = 35;
  private static final Set<Motion> STRAIGHT =
      Arrays.stream(Motion.values()).filter(Motion::isTravel).collect(Collectors.toSet());

  /**
   * @param first frame against its round trip, decibels
   * @param last frame likewise
   * @param monotonic videos in which the toy never turns back
   * @param retreat how far it falls back, share of its way
   * @param unevenness distance from moving evenly, share of its way
   * @param truth the same judgement of the rendered clips after a round trip
   * @param adherence of the videos
   * @param frechet to the rendered clips
   */
  record Result(
      Spread first,
      Spread last,
      Rate monotonic,
      Spread retreat,
      Spread unevenness,
      Rate truth,
      AdherenceRates adherence,
      Optional<FrechetDistance> frechet) {
    Report report() {
      return new Report()
          .spread("first frame, dB", first)
          .spread("last frame, dB", last)
          .rate("displacement monotonic", monotonic)
          .spread("retreat, of the way", retreat)
          .spread("unevenness, of the way", unevenness)
          .rate("monotonic in truth", truth)
          .adherence(adherence)
          .frechet(frechet)
          .promise(
              "both ends come back at 35 dB or more",
              Math.min(first.least(), last.least()) >= LEAST_DB)
          .promise("displacement is monotonic", monotonic.right() == monotonic.of());
    }
  }

  @Override
  public Report run(Bench bench) {
    return measure(bench).report();
  }

  Result measure(Bench bench) {
    List<Double> first = new ArrayList<>();
    List<Double> last = new ArrayList<>();
    List<Displacement> ways = new ArrayList<>();
    List<Displacement> trueWays = new ArrayList<>();
    List<Adherence> looks = new ArrayList<>();
    FeatureSet made = new FeatureSet();
    FeatureSet truth = new FeatureSet();
    int frames = bench.defaults().frames();
    double fps = bench.defaults().fps();
    bench.eachBatch(
        STRAIGHT,
        batch -> {
          Shots source = Shots.rendered(bench, batch.clips(), frames);
          Tensor all = bench.engine().encode(source.x_B3FHW());
          Shots trip = Shots.decoded(bench.engine(), all, fps);
          Tensor z =
              new Interpolate(all.narrow(2, 0, 1), all.narrow(2, frames - 1, 1))
                  .latents(bench.engine(), batch.requests(), bench.progress("interpolate"));
          Shots shots = Shots.decoded(bench.engine(), z, fps);
          for (int i = 0; i < batch.size(); i++) {
            first.add(Psnr.of(shots.frame(i, 0), trip.frame(i, 0)));
            last.add(Psnr.of(shots.frame(i, frames - 1), trip.frame(i, frames - 1)));
            ways.add(Displacement.of(Trajectory.of(shots.videos().get(i))));
            trueWays.add(Displacement.of(Trajectory.of(trip.videos().get(i))));
            looks.add(Shots.judge(shots.videos().get(i), batch.clips().get(i).prompt()));
            bench.show(batch.clips().get(i).prompt().text(), shots.videos().get(i));
          }
          bench.collect(made, shots.x_B3FHW());
          bench.collect(truth, source.x_B3FHW());
        });
    return new Result(
        Spread.of(first),
        Spread.of(last),
        Rate.of(ways, Displacement::monotonic),
        Spread.of(ways.stream().map(Displacement::retreat).toList()),
        Spread.of(ways.stream().map(Displacement::unevenness).toList()),
        Rate.of(trueWays, Displacement::monotonic),
        AdherenceRates.of(looks),
        bench.frechet(made, truth));
  }
}
