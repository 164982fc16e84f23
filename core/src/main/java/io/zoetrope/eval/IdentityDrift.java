package io.zoetrope.eval;

import io.zoetrope.data.toybox.Analysis;
import io.zoetrope.data.toybox.Analysis.Sighting;
import io.zoetrope.data.toybox.ToyboxAnalyser;
import io.zoetrope.media.Video;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether a long video goes on to show what it began with: window by window, the most prominent
 * object against that of the first window, and the features of the window against those of the
 * first.
 *
 * @param windows the first one included
 */
public record IdentityDrift(List<Window> windows) {
  public IdentityDrift {
    windows = List.copyOf(windows);
  }

  /**
   * A stretch of the video.
   *
   * @param first its first frame
   * @param seen what the analyser sees
   * @param colour whether the object's colour is that of the first window
   * @param shape likewise
   * @param size its radius over that of the first window; NaN if there is no object in one of them
   * @param features one minus the cosine between features of this window and of the first; NaN
   *     without an extractor
   */
  public record Window(
      int first, Analysis seen, boolean colour, boolean shape, double size, double features) {}

  /**
   * Looks at a video, window by window.
   *
   * @param windows successive stretches
   * @param features of a stretch; empty if there is no extractor
   */
  public static IdentityDrift of(
      List<Video> windows, Optional<Function<Video, double[]>> features) {
    List<Window> out = new ArrayList<>();
    Optional<Sighting> start = Optional.empty();
    double[] origin = new double[0];
    int first = 0;
    for (Video video : windows) {
      Analysis seen = ToyboxAnalyser.analyse(video);
      Optional<Sighting> now = seen.objects().stream().findFirst();
      double[] here = features.map(f -> f.apply(video)).orElse(new double[0]);
      if (out.isEmpty()) {
        start = now;
        origin = here;
      }
      out.add(
          new Window(
              first,
              seen,
              same(start.map(Sighting::colour), now.map(Sighting::colour)),
              same(start.map(Sighting::shape), now.map(Sighting::shape)),
              now.map(Sighting::radius).orElse(Double.NaN)
                  / start.map(Sighting::radius).orElse(Double.NaN),
              here.length == 0 ? Double.NaN : 1 - Cosine.of(origin, here)));
      first += video.frames().size();
    }
    return new IdentityDrift(out);
  }

  private static boolean same(Optional<?> a, Optional<?> b) {
    return a.isPresent() && a.equals(b);
  }
}
