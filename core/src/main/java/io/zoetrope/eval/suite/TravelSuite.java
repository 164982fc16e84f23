package io.zoetrope.eval.suite;

import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.eval.AdherenceRates;
import io.zoetrope.eval.Curves;
import io.zoetrope.eval.Spread;
import io.zoetrope.eval.motion.SeamJerk;
import io.zoetrope.eval.motion.Trajectory;
import io.zoetrope.eval.picture.PixelJerk;
import io.zoetrope.pipeline.task.Travel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;

/**
 * Prompt travel: the prompt changes on the way, by a hard edge between clips or by a soft boundary
 * over as many frames as the hard one holds. Every other video turns back (right to left), the
 * others change colour. Does the soft one change more smoothly, and does either do as told before
 * and after?
 *
 * @param at the frame at which the second prompt sets in
 * @param frames of the video
 * @param overlaps M: frames that the hard edge holds, and over which the soft one blends
 */
record TravelSuite(int at, int frames, List<Integer> overlaps) implements Suite {
  private static final Set<Motion> STRAIGHT =
      Arrays.stream(Motion.values()).filter(Motion::isTravel).collect(Collectors.toSet());

  /** So many frames on either side of the change count as near it. */
  private static final int NEAR = 8;

  /**
   * One way of changing.
   *
   * @param velocity the largest change of the toy's velocity near the change of prompt
   * @param pixels the largest second difference of pixels there
   * @param calm the mean second difference of pixels elsewhere
   * @param before adherence to the first prompt, up to where the widest change begins
   * @param after adherence to the second, from where the widest change ends
   * @param profile mean second difference of pixels by frame
   */
  record Case(
      String name,
      Spread velocity,
      Spread pixels,
      Spread calm,
      AdherenceRates before,
      AdherenceRates after,
      List<Double> profile) {}

  record Result(List<Case> cases) {
    Report report() {
      Report report = new Report();
      List<Curves.Series> series = new ArrayList<>();
      for (Case c : cases) {
        report
            .section(c.name)
            .spread("change of velocity, most", c.velocity)
            .spread("pixels, most", c.pixels)
            .spread("pixels, elsewhere", c.calm)
            .rate("before: right colour", c.before.colour())
            .rate("before: right motion", c.before.motion())
            .rate("before: all right", c.before.all())
            .rate("after: right colour", c.after.colour())
            .rate("after: right motion", c.after.motion())
            .rate("after: all right", c.after.all());
        series.add(Curves.Series.of(c.name, c.profile.stream().mapToDouble(d -> d).toArray()));
      }
      return report
          .end()
          .plot(
              "travel",
              new Curves(
                  "How pixels change where the prompt does",
                  "frame",
                  "second difference",
                  series,
                  false));
    }
  }

  @Override
  public Report run(Bench bench) {
    return measure(bench).report();
  }

  Result measure(Bench bench) {
    List<Tally> tallies = new ArrayList<>();
    for (int m : Suite.fit(overlaps, bench.defaults().frames())) {
      tallies.add(new Tally("hard, M = " + m, new PromptCues(List.of(0L, (long) at), 0), m));
      tallies.add(new Tally("soft, M = " + m, new PromptCues(List.of(0L, (long) at), m), m));
    }
    bench.eachBatch(
        STRAIGHT,
        batch -> {
          List<List<Prompt>> prompts = new ArrayList<>();
          for (int i = 0; i < batch.size(); i++) {
            boolean turn = batch.requests().get(i).seed() % 2 == 0;
            Prompt first = batch.clips().get(i).prompt();
            prompts.add(List.of(first, turn ? back(first) : repainted(first)));
          }
          List<List<String>> texts =
              prompts.stream().map(two -> two.stream().map(Prompt::text).toList()).toList();
          for (Tally tally : tallies) {
            Tensor z =
                new Travel(tally.cues, texts, Travel.Turn.BETWEEN_CLIPS, frames, tally.overlap)
                    .latents(bench.engine(), batch.requests(), bench.progress(tally.name));
            Shots shots = Shots.decoded(bench.engine(), z, bench.defaults().fps());
            for (int i = 0; i < batch.size(); i++) {
              tally.add(shots, i, prompts.get(i));
              bench.show(
                  "%s: %s".formatted(tally.name, String.join(" then ", texts.get(i))),
                  shots.videos().get(i));
            }
          }
        });
    return new Result(tallies.stream().map(Tally::result).toList());
  }

  /** The same toy going the other way. */
  static Prompt back(Prompt prompt) {
    Motion opposite =
        Arrays.stream(Motion.values())
            .filter(Motion::isTravel)
            .min(
                Comparator.comparingDouble(
                    m -> m.dx() * prompt.motion().dx() + m.dy() * prompt.motion().dy()))
            .orElseThrow();
    return Prompt.of(prompt.colour(), prompt.shape(), opposite);
  }

  /** The same shape and motion in the colour farthest off. */
  private static Prompt repainted(Prompt prompt) {
    return Prompt.of(RestyleSuite.other(prompt).colour(), prompt.shape(), prompt.motion());
  }

  /** What is collected of one way of changing. */
  private final class Tally {
    private final String name;
    private final PromptCues cues;
    private final int overlap;
    private final List<Double> velocity = new ArrayList<>();
    private final List<Double> pixels = new ArrayList<>();
    private final List<Double> calm = new ArrayList<>();
    private final List<Adherence> before = new ArrayList<>();
    private final List<Adherence> after = new ArrayList<>();
    private final List<List<Double>> profiles = new ArrayList<>();

    Tally(String name, PromptCues cues, int overlap) {
      this.name = name;
      this.cues = cues;
      this.overlap = overlap;
    }

    void add(Shots shots, int i, List<Prompt> prompts) {
      List<Double> change = SeamJerk.profile(List.of(Trajectory.of(shots.videos().get(i))));
      List<Double> profile = PixelJerk.profile(shots.one(i));
      profiles.add(profile);
      velocity.add(Spread.of(change.subList(at - NEAR, at + NEAR)).most());
      pixels.add(Spread.of(profile.subList(at - NEAR, at + NEAR)).most());
      List<Double> elsewhere = new ArrayList<>(profile.subList(0, at - NEAR));
      elsewhere.addAll(profile.subList(at + NEAR, frames));
      calm.add(Spread.of(elsewhere).mean());
      int reach = (overlaps.getLast() + 1) / 2;
      before.add(Shots.judge(shots.part(i, 0, at - reach), prompts.getFirst()));
      after.add(Shots.judge(shots.part(i, at + reach, frames), prompts.getLast()));
    }

    Case result() {
      List<Double> profile = new ArrayList<>();
      for (int k = 0; k < frames; k++) {
        int frame = k;
        profile.add(Spread.of(profiles.stream().map(p -> p.get(frame)).toList()).mean());
      }
      return new Case(
          name,
          Spread.of(velocity),
          Spread.of(pixels),
          Spread.of(calm),
          AdherenceRates.of(before),
          AdherenceRates.of(after),
          profile);
    }
  }
}
