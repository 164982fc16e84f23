package io.zoetrope.torch;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/**
 * Threads that help with what one thread has to do. Whoever is free takes the next task, so a
 * helper that the machine does not let run delays no more than the task it holds, and helpers sleep
 * where there is nothing to do: on a machine that others use too, a pool that spins until every
 * thread has done its equal part takes many times as long (docs/performance.md).
 */
final class Crew {
  /** Nanoseconds of waiting awake, for what comes at once; going to sleep and waking cost more. */
  private static final long AWAKE = 20_000;

  private final Thread[] helpers;
  private final ReentrantLock taken = new ReentrantLock();
  private volatile Job job = new Job(0, i -> {}, Thread.currentThread());

  /**
   * @param threads that compute, with the one that calls; at least 1
   */
  Crew(int threads) {
    helpers = new Thread[threads - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = Thread.ofPlatform().daemon().name("zoetrope-crew-" + (i + 1)).start(this::help);
    }
  }

  /**
   * Runs {@code task} for 0 to {@code count - 1}, each once, in any order, and returns when all are
   * done. A second thread that asks meanwhile does its tasks alone.
   *
   * @param task must not throw
   */
  void run(int count, IntConsumer task) {
    if (count < 2 || helpers.length == 0 || !taken.tryLock()) {
      for (int i = 0; i < count; i++) {
        task.accept(i);
      }
      return;
    }
    try {
      Job mine = new Job(count, task, Thread.currentThread());
      job = mine;
      for (int i = 0; i < Math.min(helpers.length, count - 1); i++) {
        LockSupport.unpark(helpers[i]);
      }
      mine.work();
      mine.await();
    } finally {
      taken.unlock();
    }
  }

  private void help() {
    Job done = null;
    while (true) {
      Job next = job;
      if (next == done) {
        LockSupport.park(this);
        continue;
      }
      next.work();
      done = next;
      long since = System.nanoTime();
      while (job == done && System.nanoTime() - since < AWAKE) {
        Thread.onSpinWait();
      }
    }
  }

  private static final class Job {
    private final int count;
    private final IntConsumer task;
    private final Thread caller;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger left;

    Job(int count, IntConsumer task, Thread caller) {
      this.count = count;
      this.task = task;
      this.caller = caller;
      left = new AtomicInteger(count);
    }

    void work() {
      for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
        task.accept(i);
        if (left.decrementAndGet() == 0) {
          LockSupport.unpark(caller);
        }
      }
    }

    /** An interrupt of the caller ends no product half done; it stays to be seen afterwards. */
    void await() {
      boolean interrupted = false;
      long since = System.nanoTime();
      while (left.get() > 0) {
        if (System.nanoTime() - since < AWAKE) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
          interrupted |= Thread.interrupted();
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
