package io.zoetrope.eval.suite;

import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.eval.AdherenceRates;
import io.zoetrope.eval.Curves;
import io.zoetrope.eval.Seams;
import io.zoetrope.eval.Spread;
import io.zoetrope.eval.features.FeatureSet;
import io.zoetrope.eval.features.FrechetDistance;
import io.zoetrope.eval.motion.Reversals;
import io.zoetrope.eval.motion.SeamJerk;
import io.zoetrope.eval.motion.Trajectory;
import io.zoetrope.eval.picture.Flicker;
import io.zoetrope.eval.picture.PixelJerk;
import io.zoetrope.pipeline.task.Extend;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;

/**
 * Extension: a rendered clip of a circling toy made longer with several overlaps M. Circling is the
 * one motion that stays in the frame for ever and never turns back, and one frame does not tell
 * where its centre is: so chaining on the last frame (M = 1) has to guess. How often does motion
 * turn back where clips join, and how abruptly does it change there?
 *
 * @param frames of the long video
 * @param overlaps M, the first one is what the others are measured against
 */
record ExtendSuite(int frames, List<Integer> overlaps) implements Suite {
  private static final Set<Motion> CIRCLES = EnumSet.of(Motion.ORBIT);

  /** With M this large, reversals at seams must have gone, to this part of those of M = 1. */
  private static final int ENOUGH = 4;

  private static final double GONE = 0.1;

  /**
   * For one overlap, or of the rendered videos.
   *
   * @param reversals of the toy's velocity
   * @param jerk of the toy
   * @param pixels second differences of pixels, for comparison with videos of anything
   * @param flicker in 8-bit levels
   * @param adherence of the clips of so many frames as the model makes, after the first
   * @param frechet of those clips to the rendered ones of the same scenes and times
   * @param profile mean change of velocity by frame, sides of the frame per frame squared
   */
  record Case(
      String name,
      Reversals reversals,
      SeamJerk jerk,
      Seams.Contrast pixels,
      Spread flicker,
      AdherenceRates adherence,
      Optional<FrechetDistance> frechet,
      List<Double> profile) {}

  /**
   * @param truth rendered videos after a round trip, as if they had the seams of the first overlap
   * @param cases one for each overlap
   */
  record Result(Case truth, List<Case> cases, List<Integer> overlaps) {
    /** Whether turns at seams are common with the first overlap and gone with M >= 4. */
    boolean gone() {
      double first = cases.getFirst().reversals.atSeams().value();
      boolean gone = true;
      for (int i = 1; i < cases.size(); i++) {
        boolean enough = overlaps.get(i) >= ENOUGH;
        gone &= !enough || cases.get(i).reversals.atSeams().value() <= GONE * first;
      }
      return gone;
    }

    boolean visible() {
      Reversals first = cases.getFirst().reversals;
      return first.atSeams().low() > first.inside().high();
    }

    Report report() {
      Report report = new Report();
      List<Curves.Series> series = new ArrayList<>();
      for (Case c : cases) {
        show(report, c);
        series.add(Curves.Series.of(c.name, c.profile.stream().mapToDouble(d -> d).toArray()));
      }
      show(report, truth);
      series.add(Curves.Series.of("truth", truth.profile.stream().mapToDouble(d -> d).toArray()));
      return report
          .end()
          .promise("with M = 1 motion turns back at seams more often than inside", visible())
          .promise("with M >= 4 it does so at most a tenth as often", gone())
          .plot(
              "extend",
              new Curves(
                  "Change of velocity, frame by frame",
                  "frame",
                  "sides of the frame per frame squared",
                  series,
                  false));
    }

    private static void show(Report report, Case c) {
      report
          .section(c.name)
          .rate("reversals at seams", c.reversals.atSeams())
          .rate("reversals inside", c.reversals.inside())
          .contrast("change of velocity", c.jerk.velocity())
          .contrast("change of acceleration", c.jerk.acceleration())
          .contrast("pixels, 2nd difference", c.pixels)
          .spread("flicker, levels", c.flicker)
          .adherence(c.adherence)
          .frechet(c.frechet);
    }
  }

  @Override
  public Report run(Bench bench) {
    return measure(bench).report();
  }

  Result measure(Bench bench) {
    int clip = bench.defaults().frames();
    double fps = bench.defaults().fps();
    List<Integer> fit = Suite.fit(overlaps, clip);
    List<Tally> tallies =
        fit.stream()
            .map(m -> new Tally("M = " + m, clip, Seams.of(clip, frames, clip, m)))
            .toList();
    Tally truth = new Tally("truth", clip, tallies.getFirst().seams);
    FeatureSet rendered = new FeatureSet();
    bench.eachBatch(
        CIRCLES,
        batch -> {
          List<Prompt> prompts = batch.clips().stream().map(TruthClip::prompt).toList();
          Shots source = Shots.rendered(bench, batch.clips(), frames);
          Tensor all = bench.engine().encode(source.x_B3FHW());
          truth.add(bench, Shots.decoded(bench.engine(), all, fps), prompts);
          windows(source, clip, (first, x) -> bench.collect(rendered, x));
          Tensor begun = all.narrow(2, 0, clip);
          for (int m = 0; m < fit.size(); m++) {
            Tensor z =
                new Extend(Optional.of(begun), frames, fit.get(m))
                    .latents(bench.engine(), batch.requests(), bench.progress(tallies.get(m).name));
            Shots shots = Shots.decoded(bench.engine(), z, fps);
            tallies.get(m).add(bench, shots, prompts);
            for (int i = 0; i < batch.size(); i++) {
              bench.show(
                  "%s: %s".formatted(tallies.get(m).name, prompts.get(i).text()),
                  shots.videos().get(i));
            }
          }
        });
    return new Result(
        truth.result(bench, rendered),
        tallies.stream().map(t -> t.result(bench, rendered)).toList(),
        fit);
  }

  /** The stretches of clip length after the first. */
  private static void windows(Shots shots, int clip, BiConsumer<Integer, Tensor> each) {
    for (int first = clip; first + clip <= shots.x_B3FHW().size(2); first += clip) {
      each.accept(first, shots.frames(first, clip));
    }
  }

  /** What is collected of one overlap. */
  private static final class Tally {
    private final String name;
    private final int clip;
    private final List<Integer> seams;
    private final List<Reversals> reversals = new ArrayList<>();
    private final List<SeamJerk> jerks = new ArrayList<>();
    private final List<Seams.Contrast> pixels = new ArrayList<>();
    private final List<Double> flicker = new ArrayList<>();
    private final List<Adherence> looks = new ArrayList<>();
    private final List<Trajectory> ways = new ArrayList<>();
    private final FeatureSet features = new FeatureSet();

    Tally(String name, int clip, List<Integer> seams) {
      this.name = name;
      this.clip = clip;
      this.seams = seams;
    }

    void add(Bench bench, Shots shots, List<Prompt> prompts) {
      for (int i = 0; i < prompts.size(); i++) {
        Trajectory way = Trajectory.of(shots.videos().get(i));
        ways.add(way);
        reversals.add(Reversals.of(way, seams));
        jerks.add(SeamJerk.of(way, seams));
        pixels.add(PixelJerk.second(shots.one(i), seams));
        flicker.add(Flicker.of(shots.one(i)));
      }
      windows(
          shots,
          clip,
          (first, x) -> {
            bench.collect(features, x);
            for (int i = 0; i < prompts.size(); i++) {
              looks.add(Shots.judge(shots.part(i, first, first + clip), prompts.get(i)));
            }
          });
    }

    Case result(Bench bench, FeatureSet rendered) {
      return new Case(
          name,
          Reversals.of(reversals),
          SeamJerk.of(jerks),
          Seams.Contrast.of(pixels),
          Spread.of(flicker),
          AdherenceRates.of(looks),
          bench.frechet(features, rendered),
          SeamJerk.profile(ways));
    }
  }
}
