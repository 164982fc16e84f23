package io.zoetrope.checkpoint.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several things at once; the first that fails stops the others. */
final class Workers {
  private final int threads;
  private final Runnable stop;

  /**
   * Takes what to call when something fails.
   *
   * @param stop makes the rest of the work end soon
   */
  Workers(int threads, Runnable stop) {
    this.threads = threads;
    this.stop = stop;
  }

  /** One thing. */
  @FunctionalInterface
  interface Work<A, B> {
    B on(A item) throws Exception;
  }

  /**
   * Works on all items.
   *
   * @return what came of each, in their order
   * @throws RuntimeException what the first that failed threw; nothing runs any more then
   */
  <A, B> List<B> all(List<A> items, Work<A, B> work) {
    Failure failure = new Failure();
    List<Future<B>> futures = new ArrayList<>();
    try (ExecutorService pool =
        Executors.newFixedThreadPool(
            Math.clamp(items.size(), 1, threads),
            Thread.ofPlatform().name("pull-", 1).daemon().factory())) {
      for (A item : items) {
        futures.add(
            pool.submit(() -> {
              try {
                return work.on(item);
              } catch (Exception | Error e) {
                failure.first(e);
                stop.run();
                throw e;
              }
            }));
      }
    }
    List<B> results = new ArrayList<>();
    for (Future<B> future : futures) {
      try {
        results.add(future.get());
      } catch (ExecutionException e) {
        throw failure.rethrow(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("cancelled");
      }
    }
    return results;
  }

  /** What failed first: the others only stopped because of it. */
  private static final class Failure {
    private Throwable first = new IllegalStateException("nothing failed");
    private boolean any;

    synchronized void first(Throwable e) {
      if (!any) {
        any = true;
        first = e;
      }
    }

    synchronized RuntimeException rethrow(ExecutionException e) {
      return switch (first) {
        case RuntimeException run -> run;
        case Error error -> throw error;
        default -> new IllegalStateException(e);
      };
    }
  }
}
