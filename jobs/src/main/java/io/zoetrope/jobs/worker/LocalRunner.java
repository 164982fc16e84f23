package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.Runner;
import io.zoetrope.media.VideoReader;
import io.zoetrope.torch.Natives;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Makes jobs in this process, for programs that embed the library and trust the files that they are
 * given: what crashes a native library ends the program. One at a time, on a thread of its own; the
 * last model stays loaded. Servers for strangers take {@link WorkerProcess}.
 */
public final class LocalRunner implements Runner {
  /** How often is asked whether an attempt may go on. */
  private static final long ASK_NANOS = 50_000_000;

  private final String device;
  private final ExecutorService inference;
  private final Pace pace = new Pace();
  private final ModelCache models = new ModelCache();
  private volatile boolean closed;

  private LocalRunner(String device) {
    this.device = device;
    inference =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("zoetrope-inference").factory());
  }

  /**
   * One that loads nothing before its first job.
   *
   * @param device auto, cpu, cuda or cuda:N, whatever an order says
   */
  public static LocalRunner on(String device) {
    return new LocalRunner(device);
  }

  @Override
  public Outcome run(Attempt attempt, Watch watch) throws InterruptedException {
    if (closed) {
      return new Lost("it is closed");
    }
    try {
      return inference.submit(() -> made(attempt, watch)).get();
    } catch (ExecutionException e) {
      return new Lost(String.valueOf(e.getCause()));
    }
  }

  private Outcome made(Attempt attempt, Watch watch) {
    Natives.load();
    VideoReader.prepare();
    AttemptWork work =
        new AttemptWork(
            Ask.Make.of(attempt),
            device,
            models,
            pace,
            told -> Relay.pass(told, watch),
            new Asking(watch));
    return Relay.outcome(work.end());
  }

  @Override
  public String device() {
    return device;
  }

  /** What is made stops at its next step; the models are closed behind it. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      inference.execute(models::close);
      inference.shutdown();
    }
  }

  /** Asks whether an attempt may go on: not at every layer of a network. */
  private final class Asking implements Supplier<Signal> {
    private final Watch watch;
    private Signal last = Signal.GO;
    private long asked = System.nanoTime() - ASK_NANOS;

    Asking(Watch watch) {
      this.watch = watch;
    }

    @Override
    public Signal get() {
      long now = System.nanoTime();
      if (last == Signal.GO && now - asked >= ASK_NANOS) {
        asked = now;
        last = closed ? Signal.STOP : watch.signal();
      }
      return last;
    }
  }
}
