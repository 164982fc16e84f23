package io.zoetrope.jobs.queue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The number of the newest event, and who wants to know it: each on a thread of its own. */
final class News implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(News.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<Thread> listeners = ConcurrentHashMap.newKeySet();
  private long newest;

  /** There is an event. */
  void tell(long id) {
    lock.lock();
    try {
      if (id > newest) {
        newest = id;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean wanted() {
    return !listeners.isEmpty();
  }

  Runnable listen(Consumer<Long> news) {
    long seen;
    lock.lock();
    try {
      seen = newest;
    } finally {
      lock.unlock();
    }
    Thread thread = Thread.ofVirtual().name("job-news").unstarted(() -> follow(seen, news));
    listeners.add(thread);
    thread.start();
    return () -> {
      listeners.remove(thread);
      thread.interrupt();
    };
  }

  @Override
  public void close() {
    listeners.forEach(Thread::interrupt);
    listeners.clear();
  }

  private void follow(long from, Consumer<Long> news) {
    long seen = from;
    try {
      while (true) {
        seen = next(seen);
        tell(news, seen);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody listens any more
    }
  }

  private static void tell(Consumer<Long> news, long id) {
    try {
      news.accept(id);
    } catch (RuntimeException e) {
      LOG.warn("a listener of events failed", e);
    }
  }

  private long next(long seen) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (newest <= seen) {
        changed.await();
      }
      return newest;
    } finally {
      lock.unlock();
    }
  }
}
