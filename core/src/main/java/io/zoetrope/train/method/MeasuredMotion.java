package io.zoetrope.train.method;

import io.zoetrope.data.ClipDataset;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.pixels.FlowSpeed;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Scopes;
import io.zoetrope.train.footage.ClipCut;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How much clips move, measured in their pixels from each frame to the next.
 *
 * @param steps of each clip, in shorter sides per frame
 */
record MeasuredMotion(List<double[]> steps) {
  /** Nothing measured. */
  static final MeasuredMotion NONE = new MeasuredMotion(List.of());

  /**
   * Measures clips.
   *
   * @param count of them, from the first
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  static MeasuredMotion of(ClipDataset data, int count, Progress progress) {
    List<double[]> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      progress.requireGoing(i, count);
      long number = i;
      all.add(Scopes.value(() -> FlowSpeed.steps(FrameTensors.toTensor(data.get(number).video()))));
      progress.update(Report.of(Phase.ENCODE, i + 1, count));
    }
    return new MeasuredMotion(all);
  }

  /** Of a cut of at least two frames: the ways between two of its frames are added. */
  double of(ClipCut cut) {
    int first = cut.frames().getFirst();
    int last = cut.frames().getLast();
    double sum = 0;
    for (int f = first; f < last; f++) {
      sum += steps.get(cut.clip())[f];
    }
    return sum / (cut.frames().size() - 1);
  }

  /**
   * What parts clips into so many equal shares, by how much they move: one number fewer.
   *
   * @param strides their frames are 1 to so many apart, each as often
   */
  List<Double> quantiles(int shares, int strides) {
    double[] means =
        steps.stream()
            .flatMapToDouble(each -> {
              double mean = Arrays.stream(each).average().orElse(0);
              return IntStream.rangeClosed(1, strides).mapToDouble(stride -> stride * mean);
            })
            .sorted()
            .toArray();
    List<Double> edges = new ArrayList<>();
    for (int i = 1; i < shares; i++) {
      edges.add(means[Math.min(means.length - 1, i * means.length / shares)]);
    }
    return edges;
  }
}
