package io.zoetrope.pipeline.order;

import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;

/**
 * Progress over two runs, one after the other, as if they were one. How long the second is, nobody
 * knows before it begins: until then it counts as long as the first.
 */
final class Halves {
  private final Progress progress;
  private long before;

  Halves(Progress progress) {
    this.progress = progress;
  }

  Progress first() {
    return progress.map(report -> {
      if (report.phase() != Phase.SAMPLE) {
        return report;
      }
      before = report.total();
      return report.count(report.done(), 2 * before);
    });
  }

  Progress second() {
    return progress.map(report ->
        report.phase() == Phase.SAMPLE
            ? report.count(before + report.done(), before + report.total())
            : report);
  }
}
