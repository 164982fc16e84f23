package io.zoetrope.spark.batch;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.DoubleAccumulator;
import org.apache.spark.util.LongAccumulator;

/**
 * What executors count: sent with their heartbeats, and whole at the end of a task.
 *
 * @param clips whose rows are there
 * @param failed those of them that are errors
 * @param reused those that an earlier run had finished, and nobody saw
 * @param work cost of all steps that are done
 */
record Tally(
    LongAccumulator clips, LongAccumulator failed, LongAccumulator reused, DoubleAccumulator work)
    implements Serializable {
  static Tally in(SparkContext context) {
    return new Tally(
        context.longAccumulator("zoetrope.clips"),
        context.longAccumulator("zoetrope.failed"),
        context.longAccumulator("zoetrope.reused"),
        context.doubleAccumulator("zoetrope.work"));
  }
}
