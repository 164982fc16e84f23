package io.zoetrope.eval.suite;

import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.eval.AdherenceRates;
import io.zoetrope.eval.Rate;
import io.zoetrope.eval.Spread;
import io.zoetrope.eval.picture.Psnr;
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
 * with sharper edges than plain upscaling? And rendered clips, likewise: are they nearer to what
 * would have been rendered large? Edges can be sharp and wrong.
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
   * @param truth decibels of rendered clips
   */
  record Result(
      AdherenceRates source, AdherenceRates refined, Spread energy, Rate sharper, Truth truth) {
    Report report() {
      return new Report()
          .section("source")
          .adherence(source)
          .section("refined")
          .adherence(refined)
          .end()
          .spread("gradient energy, times", energy)
          .rate("sharper than upscaled", sharper)
          .section("against clips rendered large, dB")
          .spread("upscaled", truth.plain)
          .spread("refined", truth.refined)
          .spread("coded and decoded, which bounds it", truth.coded)
          .rate("refined is nearer than upscaled", truth.nearer)
          .end()
          .promise(
              "adherence is not lower than the source's",
              refined.all().right() >= source.all().right())
          .promise("edges are sharper than by plain upscaling", energy.mean() > 1)
          .promise(
              "refined clips are nearer to the truth than upscaled ones",
              truth.refined.mean() > truth.plain.mean());
    }
  }

  /**
   * Peak signal-to-noise ratio of clips that were rendered small, against the same rendered large.
   *
   * @param plain enlarged
   * @param refined enlarged and made again in part
   * @param coded the large clip through the refiner's autoencoder
   * @param nearer clips in which refining beats enlarging
   */
  record Truth(Spread plain, Spread refined, Spread coded, Rate nearer) {}

  private static final class Tally {
    private final List<Double> plain = new ArrayList<>();
    private final List<Double> refined = new ArrayList<>();
    private final List<Double> coded = new ArrayList<>();

    void add(Tensor large, Tensor enlarged, Tensor made, Tensor trip) {
      plain.add(Psnr.of(enlarged, large));
      refined.add(Psnr.of(made, large));
      coded.add(Psnr.of(trip, large));
    }

    Truth result() {
      List<Double> gains = new ArrayList<>();
      for (int i = 0; i < plain.size(); i++) {
        gains.add(refined.get(i) - plain.get(i));
      }
      return new Truth(
          Spread.of(plain), Spread.of(refined), Spread.of(coded), Rate.of(gains, g -> g > 0));
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
    Tally truth = new Tally();
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
          Tensor plain = enlarged(small.x_B3FHW(), large.getFirst());
          for (int i = 0; i < batch.size(); i++) {
            before.add(Shots.judge(small.videos().get(i), batch.clips().get(i).prompt()));
            after.add(Shots.judge(shots.videos().get(i), batch.clips().get(i).prompt()));
            energies.add(
                Sharpness.gradientEnergy(shots.one(i))
                    / Sharpness.gradientEnergy(plain.select(0, i)));
            bench.show(batch.clips().get(i).prompt().text(), shots.videos().get(i));
          }
          rendered(bench, batch, large, truth);
        });
    return new Result(
        AdherenceRates.of(before),
        AdherenceRates.of(after),
        Spread.of(energies),
        Rate.of(energies, e -> e > 1),
        truth.result());
  }

  private void rendered(Bench bench, Bench.Batch batch, List<VideoRequest> large, Tally tally) {
    VideoRequest size = large.getFirst();
    int frames = size.frames();
    Tensor small = Shots.rendered(bench, batch.clips(), frames).x_B3FHW();
    Tensor truth =
        Shots.tensor(
            batch.clips().stream()
                .map(c -> c.render(size.width(), size.height(), frames, bench.defaults().fps()))
                .toList());
    Tensor refined =
        clamped(
            bench
                .refiner()
                .pixels(
                    new Refine(new Refine.Pixels(small), strength, 1)
                        .latents(bench.refiner(), large, bench.progress("refine rendered"))));
    Tensor trip = clamped(bench.refiner().pixels(bench.refiner().encode(truth)));
    Tensor plain = enlarged(small, size);
    for (int i = 0; i < batch.size(); i++) {
      tally.add(truth.select(0, i), plain.select(0, i), refined.select(0, i), trip.select(0, i));
    }
  }

  private static Tensor enlarged(Tensor x_B3FHW, VideoRequest to) {
    return clamped(Upscale.to(x_B3FHW, to.height(), to.width()));
  }

  private static Tensor clamped(Tensor x) {
    return Ops.clamp(x, -1, 1);
  }

  private VideoRequest large(VideoRequest r) {
    return r.withSize(r.width() * scale, r.height() * scale);
  }
}
