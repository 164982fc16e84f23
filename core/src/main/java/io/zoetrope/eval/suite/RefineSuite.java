package io.zoetrope.eval.suite;

import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.eval.AdherenceRates;
import io.zoetrope.eval.Rate;
import io.zoetrope.eval.Spread;
import io.zoetrope.eval.picture.Sharpness;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Refine;
import io.zoetrope.pipeline.task.Upscale;
import io.zoetrope.torch.Ops;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Text to video, enlarged and made again in part. Does the large video show what the small one did,
 * with sharper edges than plain upscaling?
 *
 * @param scale how many times as large
 * @param strength how much is made again
 */
record RefineSuite(int scale, double strength) implements Suite {
  /**
   * @param source adherence of the small videos
   * @param refined adherence of the large ones
   * @param energy gradient energy of a refined video over that of its plain upscaling
   * @param sharper videos in which that is above 1
   */
  record Result(AdherenceRates source, AdherenceRates refined, Spread energy, Rate sharper) {
    Report report() {
      return new Report()
          .section("source")
          .adherence(source)
          .section("refined")
          .adherence(refined)
          .end()
          .spread("gradient energy, times", energy)
          .rate("sharper than upscaled", sharper)
          .promise(
              "adherence is not lower than the source's",
              refined.all().right() >= source.all().right())
          .promise("edges are sharper than by plain upscaling", energy.mean() > 1);
    }
  }

  @Override
  public Report run(Bench bench) {
    return measure(bench).report();
  }

  Result measure(Bench bench) {
    List<Adherence> before = new ArrayList<>();
    List<Adherence> after = new ArrayList<>();
    List<Double> energies = new ArrayList<>();
    double fps = bench.defaults().fps();
    bench.eachBatch(
        EnumSet.allOf(Motion.class),
        batch -> {
          Tensor z =
              new TextToVideo(bench.engine())
                  .latents(batch.requests(), bench.progress("small video"));
          Shots small = Shots.decoded(bench.engine(), z, fps);
          List<VideoRequest> large = batch.requests().stream().map(this::large).toList();
          Tensor refined =
              new Refine(new Refine.Pixels(small.x_B3FHW()), strength, 1)
                  .latents(bench.refiner(), large, bench.progress("refine"));
          Shots shots = Shots.decoded(bench.refiner(), refined, fps);
          Tensor plain =
              Ops.clamp(
                  Upscale.to(small.x_B3FHW(), large.getFirst().height(), large.getFirst().width()),
                  -1,
                  1);
          for (int i = 0; i < batch.size(); i++) {
            before.add(Shots.judge(small.videos().get(i), batch.clips().get(i).prompt()));
            after.add(Shots.judge(shots.videos().get(i), batch.clips().get(i).prompt()));
            energies.add(
                Sharpness.gradientEnergy(shots.one(i))
                    / Sharpness.gradientEnergy(plain.select(0, i)));
            bench.show(batch.clips().get(i).prompt().text(), shots.videos().get(i));
          }
        });
    return new Result(
        AdherenceRates.of(before),
        AdherenceRates.of(after),
        Spread.of(energies),
        Rate.of(energies, e -> e > 1));
  }

  private VideoRequest large(VideoRequest r) {
    return r.withSize(r.width() * scale, r.height() * scale);
  }
}
