package io.zoetrope.bench;

import io.zoetrope.eval.Seams;
import io.zoetrope.eval.features.FeatureSet;
import io.zoetrope.eval.features.FrechetDistance;
import io.zoetrope.eval.features.VideoFeatures;
import io.zoetrope.eval.motion.Reversals;
import io.zoetrope.eval.motion.SeamJerk;
import io.zoetrope.eval.motion.Trajectory;
import io.zoetrope.eval.picture.PixelJerk;
import io.zoetrope.media.FrameTensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** How good the longer videos of one method are. */
final class ExtensionScore {
  static final String[] COLUMNS = {
    "method",
    "Frechet",
    "at seams",
    "velocity jerk",
    "acceleration jerk",
    "pixel jerk",
    "reversals at seams",
    "inside",
    "s a clip"
  };

  /** What all methods are compared with. */
  static final class Judge implements AutoCloseable {
    private final Optional<VideoFeatures> extractor;
    private final List<Integer> seams;
    private final int frames;
    private final int clip;
    private final int[] across;
    private final Optional<FeatureSet> whole;
    private final Optional<FeatureSet> cuts;

    /**
     * @param rendered clips of the whole length
     * @param seams where clips join
     * @param clip frames of a cut that has a seam in its middle
     */
    Judge(Reference rendered, Optional<VideoFeatures> extractor, List<Integer> seams, int clip) {
      this.extractor = extractor;
      this.seams = seams;
      this.clip = clip;
      frames = rendered.data().frames();
      across =
          seams.stream()
              .mapToInt(s -> Math.clamp(s - clip / 2, 0, frames - clip))
              .distinct()
              .toArray();
      whole = extractor.map(e -> rendered.features(e, new int[] {0}, frames));
      cuts = extractor.map(e -> rendered.features(e, across, clip));
    }

    @Override
    public void close() {
      extractor.ifPresent(VideoFeatures::close);
    }
  }

  private final Judge judge;
  private final FeatureSet whole = new FeatureSet();
  private final FeatureSet cuts = new FeatureSet();
  private final List<SeamJerk> jerk = new ArrayList<>();
  private final List<Reversals> reversals = new ArrayList<>();
  private final List<Seams.Contrast> pixels = new ArrayList<>();

  ExtensionScore(Judge judge) {
    this.judge = judge;
  }

  /** Adds a video [1, 3, F, H, W]. */
  void add(Tensor x_13FHW) {
    judge.extractor.ifPresent(e -> {
      Reference.add(whole, e, x_13FHW, new int[] {0}, judge.frames);
      Reference.add(cuts, e, x_13FHW, judge.across, judge.clip);
    });
    Tensor x = x_13FHW.select(0, 0);
    Trajectory way = Trajectory.of(FrameTensors.toVideo(x, 8));
    jerk.add(SeamJerk.of(way, judge.seams));
    reversals.add(Reversals.of(way, judge.seams));
    pixels.add(PixelJerk.second(x, judge.seams));
  }

  Object[] row(String method, double seconds) {
    SeamJerk all = SeamJerk.of(jerk);
    Reversals turns = Reversals.of(reversals);
    return new Object[] {
      method,
      distance(whole, judge.whole),
      distance(cuts, judge.cuts),
      all.velocity().ratio(),
      all.acceleration().ratio(),
      Seams.Contrast.of(pixels).ratio(),
      turns.atSeams().toString(),
      turns.inside().toString(),
      seconds
    };
  }

  private static Object distance(FeatureSet made, Optional<FeatureSet> real) {
    return real.isPresent() && made.size() > 1
        ? FrechetDistance.between(made, real.get(), 1).distance()
        : "-";
  }
}
