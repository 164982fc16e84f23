package io.zoetrope.eval.suite;

import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.eval.AdherenceRates;
import io.zoetrope.eval.Curves;
import io.zoetrope.eval.Rate;
import io.zoetrope.eval.Spread;
import io.zoetrope.eval.picture.Change;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Restyle;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Video to video: a rendered clip, and a prompt that asks for another colour and shape with the
 * same motion, at several strengths. Does more strength change more?
 *
 * @param strengths rising
 */
record RestyleSuite(List<Double> strengths) implements Suite {
  /**
   * At one strength.
   *
   * @param change root mean square difference to the source's round trip; black to white is 2
   * @param adherence to the new prompt
   */
  record At(double strength, Spread change, AdherenceRates adherence) {}

  /**
   * @param rising videos in which each strength changes more than the one before
   */
  record Result(List<At> at, Rate rising) {
    boolean meansRise() {
      for (int i = 1; i < at.size(); i++) {
        if (!(at.get(i).change().mean() > at.get(i - 1).change().mean())) {
          return false;
        }
      }
      return true;
    }

    Report report() {
      Report report = new Report();
      for (At one : at) {
        report
            .section("strength " + one.strength())
            .spread("change", one.change())
            .adherence(one.adherence());
      }
      double[] x = at.stream().mapToDouble(At::strength).toArray();
      double[] y = at.stream().mapToDouble(a -> a.change().mean()).toArray();
      return report
          .end()
          .rate("change rises at each step", rising)
          .promise("mean change rises with strength", meansRise())
          .plot(
              "restyle",
              new Curves(
                  "What restyling changes",
                  "strength",
                  "root mean square change",
                  List.of(new Curves.Series("mean of all seeds", x, y)),
                  false));
    }
  }

  @Override
  public Report run(Bench bench) {
    return measure(bench).report();
  }

  Result measure(Bench bench) {
    List<List<Double>> changes = new ArrayList<>();
    List<List<Adherence>> looks = new ArrayList<>();
    strengths.forEach(s -> {
      changes.add(new ArrayList<>());
      looks.add(new ArrayList<>());
    });
    double fps = bench.defaults().fps();
    bench.eachBatch(
        EnumSet.complementOf(EnumSet.of(Motion.STILL)),
        batch -> {
          Shots source = Shots.rendered(bench, batch.clips(), bench.defaults().frames());
          Tensor z = bench.engine().encode(source.x_B3FHW());
          Shots trip = Shots.decoded(bench.engine(), z, fps);
          List<Prompt> prompts = batch.clips().stream().map(c -> other(c.prompt())).toList();
          List<VideoRequest> requests =
              bench.withPrompts(batch.requests(), prompts.stream().map(Prompt::text).toList());
          for (int s = 0; s < strengths.size(); s++) {
            double strength = strengths.get(s);
            Tensor made =
                new Restyle(z, strength, 1)
                    .latents(bench.engine(), requests, bench.progress("strength " + strength));
            Shots shots = Shots.decoded(bench.engine(), made, fps);
            for (int i = 0; i < batch.size(); i++) {
              changes.get(s).add(Change.rms(shots.one(i), trip.one(i)));
              looks.get(s).add(Shots.judge(shots.videos().get(i), prompts.get(i)));
              bench.show(
                  "%s to %s, %s"
                      .formatted(
                          batch.clips().get(i).prompt().text(), prompts.get(i).text(), strength),
                  shots.videos().get(i));
            }
          }
        });
    List<At> at = new ArrayList<>();
    for (int s = 0; s < strengths.size(); s++) {
      at.add(new At(strengths.get(s), Spread.of(changes.get(s)), AdherenceRates.of(looks.get(s))));
    }
    int rising = 0;
    int count = changes.getFirst().size();
    for (int i = 0; i < count; i++) {
      rising += rises(changes, i) ? 1 : 0;
    }
    return new Result(at, new Rate(rising, count));
  }

  private static boolean rises(List<List<Double>> changes, int video) {
    for (int s = 1; s < changes.size(); s++) {
      if (changes.get(s).get(video) <= changes.get(s - 1).get(video)) {
        return false;
      }
    }
    return true;
  }

  /** Half way round the colours, and three shapes on. */
  static Prompt other(Prompt prompt) {
    Colour[] colours = Colour.values();
    Shape[] shapes = Shape.values();
    return Prompt.of(
        colours[(prompt.colour().ordinal() + colours.length / 2) % colours.length],
        shapes[(prompt.shape().ordinal() + 3) % shapes.length],
        prompt.motion());
  }
}
