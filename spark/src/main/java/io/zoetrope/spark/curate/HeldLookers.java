package io.zoetrope.spark.curate;

import io.zoetrope.curation.look.Looker;
import io.zoetrope.curation.look.LookerProcess;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiFunction;

/**
 * The processes of one executor that open files: as many as it has cores, made when they are needed
 * and kept from task to task. They end with the executor, whose end of the pipe they read.
 *
 * @param everything whether all formats are taken
 * @param models folders of measures
 * @param threads files that are looked at at once
 */
record HeldLookers(boolean everything, List<String> models, int threads) implements Serializable {
  private static final Map<HeldLookers, BlockingQueue<Looker>> HELD = new ConcurrentHashMap<>();

  HeldLookers {
    models = List.copyOf(models);
  }

  private LookerProcess.Settings settings() {
    LookerProcess.Settings usual = LookerProcess.Settings.USUAL;
    return new LookerProcess.Settings(
        everything, models.stream().map(Path::of).toList(), usual.time(), usual.heap());
  }

  private BlockingQueue<Looker> held() {
    return HELD.computeIfAbsent(
        this,
        key -> {
          BlockingQueue<Looker> all = new LinkedBlockingQueue<>();
          for (int i = 0; i < threads; i++) {
            all.add(new LookerProcess(settings()));
          }
          return all;
        });
  }

  /**
   * Does the work on each, some ahead of who asks for them: while Spark writes what comes, the next
   * files are being decoded.
   */
  <I, O> Iterator<O> each(Iterator<I> all, BiFunction<Looker, I, O> work) {
    BlockingQueue<Looker> lookers = held();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    Deque<Future<O>> ahead = new ArrayDeque<>();
    return new Iterator<>() {
      private void fill() {
        while (all.hasNext() && ahead.size() < 2 * threads) {
          I next = all.next();
          ahead.add(
              pool.submit(() -> {
                Looker looker = lookers.take();
                try {
                  return work.apply(looker, next);
                } finally {
                  lookers.add(looker);
                }
              }));
        }
        if (ahead.isEmpty()) {
          pool.shutdown();
        }
      }

      @Override
      public boolean hasNext() {
        fill();
        return !ahead.isEmpty();
      }

      @Override
      public O next() {
        fill();
        try {
          return Objects.requireNonNull(ahead.remove()).get();
        } catch (InterruptedException e) {
          pool.shutdownNow();
          Thread.currentThread().interrupt();
          throw new java.util.concurrent.CancellationException();
        } catch (ExecutionException e) {
          pool.shutdownNow();
          throw new IllegalStateException(e.getCause());
        }
      }
    };
  }
}
