package io.zoetrope.studio;

import io.zoetrope.error.NativeErrors;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import java.nio.channels.ClosedByInterruptException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * One piece of work: tells its watcher, and is cancelled by it, by an interrupt of the thread that
 * waits for it, or from elsewhere.
 */
final class Watching implements Progress {
  private final Watcher watcher;
  private final BooleanSupplier stopped;
  private final Thread caller = Thread.currentThread();
  private volatile boolean cancelled;
  private volatile boolean interrupted;

  private Watching(Watcher watcher, BooleanSupplier stopped) {
    this.watcher = watcher;
    this.stopped = stopped;
  }

  /**
   * For work that this thread begins.
   *
   * @param stopped whether it is cancelled from elsewhere
   */
  static Watching of(Watcher watcher, BooleanSupplier stopped) {
    return new Watching(watcher, stopped);
  }

  @Override
  public void update(Report report) {
    Update update = Update.of(report.phase(), report.done(), report.total());
    watcher.update(update);
    cancelled |= update.cancelled();
  }

  @Override
  public boolean cancelled() {
    look();
    return cancelled || interrupted || stopped.getAsBoolean();
  }

  /** Takes the interrupt away: files that are read or tidied up now would be closed by it. */
  private void look() {
    if (Thread.currentThread().equals(caller) && Thread.interrupted()) {
      interrupted = true;
    }
  }

  /**
   * Does the work. On a virtual thread it is done by one of the system, and waited for: libtorch
   * keeps state with the thread of the system, which a virtual one may change.
   *
   * @throws CancellationException if it was cancelled; after an interrupt the thread's interrupt
   *     status is set
   */
  <T> T run(Supplier<T> work) {
    try {
      return caller.isVirtual() ? elsewhere(work) : work.get();
    } catch (RuntimeException e) {
      look();
      throw said(e);
    } finally {
      if (interrupted) {
        caller.interrupt();
      }
    }
  }

  private RuntimeException said(RuntimeException e) {
    if (interrupted && (e instanceof CancellationException || closedByInterrupt(e))) {
      CancellationException cancellation = new CancellationException("interrupted");
      cancellation.initCause(e);
      return cancellation;
    }
    return NativeErrors.plain(e);
  }

  private static boolean closedByInterrupt(Throwable e) {
    Optional<Throwable> at = Optional.of(e);
    while (at.isPresent()) {
      if (at.get() instanceof ClosedByInterruptException) {
        return true;
      }
      at = Optional.ofNullable(at.get().getCause());
    }
    return false;
  }

  private <T> T elsewhere(Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread worker =
        Thread.ofPlatform()
            .name("zoetrope-" + caller.threadId())
            .start(() -> {
              try {
                result.complete(work.get());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    while (true) {
      try {
        worker.join();
        return result.get();
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        throw thrown(e);
      }
    }
  }

  private static RuntimeException thrown(ExecutionException e) {
    return switch (e.getCause()) {
      case RuntimeException run -> run;
      case Error error -> throw error;
      case null, default -> new IllegalStateException(e);
    };
  }
}
