package io.zoetrope.eval.suite;

import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.eval.AdherenceRates;
import io.zoetrope.eval.Spread;
import io.zoetrope.eval.features.FeatureSet;
import io.zoetrope.eval.features.FrechetDistance;
import io.zoetrope.eval.picture.Psnr;
import io.zoetrope.pipeline.task.Animate;
import io.zoetrope.torch.Ops;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Image to video: the first frame of a rendered clip is given, with the prompt of what happens
 * next. Does the image come back, and does what moves move as told?
 */
record AnimateSuite() implements Suite {
  /** The given frame against its round trip through the autoencoder, decibels. */
  private static final double LEAST_DB = 35;

  /**
   * @param held the first frame against the image's round trip through the autoencoder, decibels
   * @param image the first frame against the image itself: what the autoencoder loses
   * @param adherence of the videos
   * @param frechet to the rendered clips that the images are of
   */
  record Result(
      Spread held, Spread image, AdherenceRates adherence, Optional<FrechetDistance> frechet) {
    Report report() {
      return new Report()
          .spread("given frame, dB", held)
          .spread("against the image, dB", image)
          .adherence(adherence)
          .frechet(frechet)
          .promise("the given frame comes back at 35 dB or more", held.least() >= LEAST_DB);
    }
  }

  @Override
  public Report run(Bench bench) {
    return measure(bench).report();
  }

  Result measure(Bench bench) {
    List<Double> held = new ArrayList<>();
    List<Double> image = new ArrayList<>();
    List<Adherence> looks = new ArrayList<>();
    FeatureSet made = new FeatureSet();
    FeatureSet truth = new FeatureSet();
    int frames = bench.defaults().frames();
    bench.eachBatch(
        EnumSet.complementOf(EnumSet.of(Motion.STILL)),
        batch -> {
          Shots source = Shots.rendered(bench, batch.clips(), frames);
          Tensor given = bench.engine().encode(source.frames(0, 1));
          Tensor trip = Ops.clamp(bench.engine().pixels(given), -1, 1);
          Tensor z =
              new Animate(given, 0)
                  .latents(bench.engine(), batch.requests(), bench.progress("animate"));
          Shots shots = Shots.decoded(bench.engine(), z, bench.defaults().fps());
          for (int i = 0; i < batch.size(); i++) {
            Tensor first = shots.frame(i, 0);
            held.add(Psnr.of(first, trip.select(0, i).select(1, 0)));
            image.add(Psnr.of(first, source.frame(i, 0)));
            looks.add(Shots.judge(shots.videos().get(i), batch.clips().get(i).prompt()));
            bench.show(batch.clips().get(i).prompt().text(), shots.videos().get(i));
          }
          bench.collect(made, shots.x_B3FHW());
          bench.collect(truth, source.x_B3FHW());
        });
    return new Result(
        Spread.of(held), Spread.of(image), AdherenceRates.of(looks), bench.frechet(made, truth));
  }
}
