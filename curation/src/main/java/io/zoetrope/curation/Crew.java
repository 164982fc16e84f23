package io.zoetrope.curation;

import io.zoetrope.curation.Curation.Watcher;
import io.zoetrope.curation.look.Looker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Some threads, each with a looker of its own. */
final class Crew implements AutoCloseable {
  private final List<Looker> lookers;
  private final Watcher watcher;

  Crew(Supplier<Looker> lookers, int threads, Watcher watcher) {
    this.lookers = IntStream.range(0, threads).mapToObj(i -> lookers.get()).toList();
    this.watcher = watcher;
  }

  /**
   * Does the work on each, in any order; what was begun is ended when it fails or is cancelled.
   *
   * @throws RuntimeException the first that was thrown
   */
  <T> void each(String stage, List<T> all, BiConsumer<Looker, T> work) {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<@Nullable RuntimeException> failed = new AtomicReference<>();
    AtomicInteger done = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (Looker looker : lookers) {
      threads.add(
          Thread.ofPlatform()
              .name("curation")
              .start(() -> {
                for (int i = next.getAndIncrement();
                    i < all.size() && failed.get() == null;
                    i = next.getAndIncrement()) {
                  try {
                    work.accept(looker, all.get(i));
                    watcher.at(stage, done.incrementAndGet(), all.size());
                  } catch (RuntimeException e) {
                    boolean unused = failed.compareAndSet(null, e);
                  }
                }
              }));
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      failed.set(new java.util.concurrent.CancellationException());
      Thread.currentThread().interrupt();
    }
    RuntimeException first = failed.get();
    if (first != null) {
      throw first;
    }
  }

  @Override
  public void close() {
    lookers.forEach(Looker::close);
  }
}
