package io.zoetrope.app.train;

import io.zoetrope.app.charts.Plots;
import io.zoetrope.eval.Curves;
import io.zoetrope.train.MetricsLog;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** {@code loss.png} of a training run. */
final class LossPlot {
  private LossPlot() {}

  /**
   * Draws what is logged so far; nothing below two lines.
   *
   * @param run the run's folder
   */
  static void draw(Path run) {
    List<JsonNode> lines =
        new MetricsLog(run.resolve("metrics.jsonl"))
            .lines().stream().filter(n -> n.path("loss").isNumber()).toList();
    if (lines.size() < 2) {
      return;
    }
    double[] steps = lines.stream().mapToDouble(n -> n.path("step").doubleValue()).toArray();
    double[] losses = lines.stream().mapToDouble(n -> n.path("loss").doubleValue()).toArray();
    Curves curves =
        new Curves(
            String.valueOf(run.toAbsolutePath().normalize().getFileName()),
            "step",
            "loss",
            List.of(new Curves.Series("loss", steps, losses)),
            Arrays.stream(losses).allMatch(l -> l > 0));
    Plots.write(run.resolve("loss.png"), curves);
  }
}
