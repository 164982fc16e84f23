package io.zoetrope.spark.batch;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.Tuple4;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** What tasks have counted that are not at their end: accumulators have only those that are. */
final class Live extends SparkListener {
  private final Tally tally;
  private final Map<Long, Double> clips = new HashMap<>();
  private final Map<Long, Double> work = new HashMap<>();

  Live(Tally tally) {
    this.tally = tally;
  }

  /** Clips by now. */
  synchronized long clips() {
    return tally.clips().value() + Math.round(sum(clips));
  }

  /** Cost by now. */
  synchronized double work() {
    return tally.work().value() + sum(work);
  }

  private static double sum(Map<Long, Double> each) {
    return each.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  @Override
  public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    for (Tuple4<Object, Object, Object, Seq<AccumulableInfo>> task :
        CollectionConverters.asJava(update.accumUpdates())) {
      for (AccumulableInfo info : CollectionConverters.asJava(task._4())) {
        long id = info.id();
        if (id == tally.clips().id()) {
          put(clips, task._1(), info);
        } else if (id == tally.work().id()) {
          put(work, task._1(), info);
        }
      }
    }
  }

  private static void put(Map<Long, Double> each, Object task, AccumulableInfo info) {
    if (info.update().isDefined() && info.update().get() instanceof Number number) {
      each.put((Long) task, number.doubleValue());
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    clips.remove(end.taskInfo().taskId());
    work.remove(end.taskInfo().taskId());
  }
}
