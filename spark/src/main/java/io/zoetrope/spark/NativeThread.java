package io.zoetrope.spark;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The one thread of this process on which libtorch and FFmpeg work: tasks come on changing ones,
 * and each thread that computes would have threads and memory of its own.
 */
public final class NativeThread {
  private static final ExecutorService THREAD =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("zoetrope-compute").factory());

  private NativeThread() {}

  /**
   * Runs work there and waits for its end, also if this thread is interrupted meanwhile: what is
   * computed asks by itself whether it may go on. The interrupt stays.
   */
  public static <T> T call(Callable<T> work) throws Exception {
    Future<T> result = THREAD.submit(work);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw thrown(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Exception thrown(ExecutionException e) {
    return switch (e.getCause()) {
      case Exception cause -> cause;
      case Error error -> throw error;
      case null, default -> e;
    };
  }
}
