package io.zoetrope.train;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Builds batches ahead of their use, in order, on one background thread. Which batches come out
 * does not depend on the timing; asking out of order is allowed and costs the wait.
 *
 * <p>A batch that holds tensors must have taken them out of every scope ({@code Scopes.keep}); who
 * takes it frees them. Batches that nobody took go to {@code discard}.
 */
public final class Prefetch<T> implements BatchSource<T>, AutoCloseable {
  private record Built<T>(long index, Optional<T> batch, Optional<Throwable> failure) {}

  private final BatchSource<? extends T> source;
  private final int accumulate;
  private final int depth;
  private final Consumer<? super T> discard;
  private final Thread worker;

  private final Object lock = new Object();
  private final Deque<Built<T>> built = new ArrayDeque<>();
  private long next = -1; // what the worker builds next; -1 before the first request
  private long building = -1; // what the worker builds now; -1 if nothing
  private boolean closed;

  /**
   * @param source called on the background thread only
   * @param accumulate micro-batches per step
   * @param depth how many batches may wait, at least 1
   */
  public Prefetch(
      BatchSource<? extends T> source, int accumulate, int depth, Consumer<? super T> discard) {
    if (accumulate < 1 || depth < 1) {
      throw new IllegalArgumentException("accumulate and depth must be at least 1");
    }
    this.source = source;
    this.accumulate = accumulate;
    this.depth = depth;
    this.discard = discard;
    this.worker = Thread.ofPlatform().daemon().name("zoetrope-prefetch").unstarted(this::work);
    worker.start();
  }

  @Override
  public T batch(long step, int micro) {
    long wanted = step * accumulate + micro;
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("the source is closed");
      }
      while (built.isEmpty() || built.getFirst().index != wanted) {
        if (!built.isEmpty()) {
          built.removeFirst().batch.ifPresent(discard);
          continue;
        }
        boolean onItsWay = next == wanted || (building == wanted && next == wanted + 1);
        if (!onItsWay) {
          next = wanted;
        }
        lock.notifyAll();
        waitOnLock();
      }
      Built<T> head = built.removeFirst();
      lock.notifyAll();
      head.failure.ifPresent(Prefetch::rethrow);
      return head.batch.orElseThrow();
    }
  }

  private void work() {
    while (true) {
      long index;
      synchronized (lock) {
        while (!closed && (next < 0 || built.size() >= depth)) {
          waitOnLock();
        }
        if (closed) {
          return;
        }
        index = next++;
        building = index;
      }
      Built<T> result = build(index);
      synchronized (lock) {
        building = -1;
        if (closed || next != index + 1) { // nobody waits for it any more
          result.batch.ifPresent(discard);
        } else {
          built.addLast(result);
          if (result.failure.isPresent()) {
            next = -1;
          }
        }
        lock.notifyAll();
      }
    }
  }

  private Built<T> build(long index) {
    try {
      T batch = source.batch(index / accumulate, (int) (index % accumulate));
      return new Built<>(index, Optional.of(batch), Optional.empty());
    } catch (RuntimeException | Error e) {
      return new Built<>(index, Optional.empty(), Optional.of(e));
    }
  }

  private void waitOnLock() {
    try {
      lock.wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a batch", e);
    }
  }

  private static void rethrow(Throwable failure) {
    switch (failure) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  /** Ends the background thread, after the batch that it is building. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      built.forEach(b -> b.batch.ifPresent(discard));
      built.clear();
      lock.notifyAll();
    }
    try {
      worker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
