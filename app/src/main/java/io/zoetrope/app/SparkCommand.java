package io.zoetrope.app;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * {@code zoetrope spark}, so that help lists it. What it does is in a module of its own, which the
 * launcher starts instead of this.
 */
@Command(
    name = "spark",
    description = {
      "Work for a cluster, on Apache Spark: tables of videos, and more (docs/scale.md).",
      "'./zoetrope spark --help' lists it; the first use fetches 320 MB of Spark, unless SPARK_HOME"
          + " names a folder with Spark 4.2."
    })
public final class SparkCommand extends Verb {
  @Unmatched private List<String> words = new ArrayList<>();

  public SparkCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    throw new UserError(
        "spark is started by the launcher, as './zoetrope spark %s', or by 'spark-submit --class"
                .formatted(words.isEmpty() ? "--help" : words.getFirst())
            + " io.zoetrope.spark.SparkMain'");
  }
}
