package io.zoetrope.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * The clock that everything is measured by: the one on the wall, or the processor time of the
 * calling thread. The latter tells the truth on a machine that others use too, but only as long as
 * libtorch computes on one thread.
 */
final class Clock {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static boolean processor;

  private Clock() {}

  static void useProcessorTime() {
    processor = true;
  }

  static String describe() {
    return processor ? "processor time of one thread" : "wall time";
  }

  static double seconds() {
    return (processor ? THREADS.getCurrentThreadCpuTime() : System.nanoTime()) * 1e-9;
  }
}
