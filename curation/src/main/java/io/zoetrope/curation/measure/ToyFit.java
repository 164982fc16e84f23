package io.zoetrope.curation.measure;

import io.zoetrope.data.toybox.Analysis;
import io.zoetrope.data.toybox.Analysis.Sighting;
import io.zoetrope.data.toybox.ToyboxAnalyser;
import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How well a caption of the toy world fits: the share of the colours and shapes seen that it names,
 * and of those it names that are seen. Has no value for captions that name none: of other worlds a
 * network tells, see {@link ModelMeasure}.
 */
final class ToyFit implements Measure {
  private static final int FRAMES = 16;

  @Override
  public String name() {
    return "toy-fit";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public String about() {
    return "how well a caption of the toy world fits, 0 to 1";
  }

  @Override
  public Meter begin(About clip) {
    List<String> said = words(clip.caption());
    int[] at = said.isEmpty() ? new int[0] : clip.evenly(FRAMES);
    return new Meter() {
      private final List<Frame> frames = new ArrayList<>();

      @Override
      public boolean wants(int index) {
        return Arrays.binarySearch(at, index) >= 0;
      }

      @Override
      public void add(Shot shot) {
        frames.add(shot.small());
      }

      @Override
      public Reading end() {
        if (frames.size() < 2) {
          return new Reading(Optional.empty(), "");
        }
        double fps = clip.fps() * frames.size() / clip.frames();
        Analysis seen = ToyboxAnalyser.analyse(new Video(frames, fps));
        List<String> shown = new ArrayList<>();
        for (Sighting one : seen.objects()) {
          shown.add(one.colour().word());
          shown.add(one.shape().word());
        }
        return Reading.of(shown.isEmpty() ? 0 : f1(said, shown));
      }
    };
  }

  private static double f1(List<String> said, List<String> shown) {
    double hits = said.stream().filter(shown::contains).count();
    double precision = hits / said.size();
    double recall = (double) shown.stream().filter(said::contains).count() / shown.size();
    return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
  }

  /** The names of colours and shapes in a caption. */
  private static List<String> words(String caption) {
    List<String> found = new ArrayList<>();
    for (String word : caption.toLowerCase(Locale.ROOT).split("[^a-z]+", -1)) {
      boolean known =
          Arrays.stream(Colour.values()).anyMatch(c -> c.word().equals(word))
              || Arrays.stream(Shape.values()).anyMatch(s -> s.word().equals(word));
      if (known) {
        found.add(word);
      }
    }
    return found;
  }
}
