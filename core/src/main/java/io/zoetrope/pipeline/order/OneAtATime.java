package io.zoetrope.pipeline.order;

import io.zoetrope.progress.Progress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/**
 * Lets threads do something one after the other, in the order in which they came. Who waits can be
 * cancelled and interrupted; a thread that is in may come in again.
 */
final class OneAtATime {
  /** Between two looks at whether somebody who waits was cancelled. */
  private static final long LOOK_MILLIS = 50;

  /** Each thread once; the first is in. */
  private final Deque<Thread> queue = new ArrayDeque<>();

  /**
   * Waits, then runs.
   *
   * @param progress asked whether to go on waiting
   * @throws CancellationException when progress says so while it waits, or when the thread is
   *     interrupted; its interrupt status is set then
   */
  <T> T run(Progress progress, Supplier<T> body) {
    boolean again = !enter(progress);
    try {
      return body.get();
    } finally {
      if (!again) {
        leave(Thread.currentThread());
      }
    }
  }

  /** Whether this thread was not in yet. */
  private synchronized boolean enter(Progress progress) {
    Thread me = Thread.currentThread();
    if (isFirst(me)) {
      return false;
    }
    queue.addLast(me);
    boolean in = false;
    try {
      while (!isFirst(me)) {
        if (progress.cancelled()) {
          throw new CancellationException("cancelled before it began");
        }
        wait(LOOK_MILLIS);
      }
      in = true;
      return true;
    } catch (InterruptedException e) {
      me.interrupt();
      throw new CancellationException("interrupted before it began");
    } finally {
      if (!in) {
        leave(me);
      }
    }
  }

  private boolean isFirst(Thread thread) {
    return thread.equals(queue.peekFirst());
  }

  private synchronized void leave(Thread thread) {
    queue.remove(thread);
    notifyAll();
  }
}
