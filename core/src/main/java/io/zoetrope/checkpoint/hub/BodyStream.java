package io.zoetrope.checkpoint.hub;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The body of an answer, read piece by piece. Unlike an input stream it notices a server that stops
 * sending, and a person who wants to stop. It asks for the next piece only when the last one is
 * taken (and one ahead), so a fast server does not fill the memory.
 */
final class BodyStream implements BodySubscriber<BodyStream>, AutoCloseable {
  private static final long NANOS_BETWEEN_LOOKS = 50_000_000;

  /** A piece, or an end: of the body, or of the connection. */
  private record Event(List<ByteBuffer> pieces, boolean last, Optional<Throwable> failure) {}

  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();
  private volatile boolean closed;

  @Override
  public CompletionStage<BodyStream> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription s) {
    // Only now can a piece be asked for: the answer may be handed out before this is called.
    subscription.set(s);
    if (closed) {
      s.cancel();
    } else {
      s.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    events.add(new Event(item, false, Optional.empty()));
  }

  @Override
  public void onError(Throwable throwable) {
    events.add(new Event(List.of(), true, Optional.of(throwable)));
  }

  @Override
  public void onComplete() {
    events.add(new Event(List.of(), true, Optional.empty()));
  }

  /**
   * Waits for the next bytes.
   *
   * @param stall how long at most
   * @return nothing at the end of the body
   * @throws IOException if the connection breaks or nothing comes
   */
  Optional<List<ByteBuffer>> next(Duration stall, Traffic traffic) throws IOException {
    long end = System.nanoTime() + stall.toNanos();
    while (true) {
      Retry.check(traffic);
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new HttpTimeoutException("nothing came in time");
      }
      try {
        Event event = events.poll(Math.min(left, NANOS_BETWEEN_LOOKS), TimeUnit.NANOSECONDS);
        if (event == null) {
          continue;
        }
        if (event.failure().isPresent()) {
          Throwable why = event.failure().get();
          throw why instanceof IOException io ? io : new IOException(why.getMessage(), why);
        }
        if (event.last()) {
          return Optional.empty();
        }
        // One piece ahead, no more.
        Flow.Subscription s = subscription.get();
        if (s != null) {
          s.request(1);
        }
        return Optional.of(event.pieces());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("cancelled");
      }
    }
  }

  /** Lets go of the connection if the body is not at its end. */
  @Override
  public void close() {
    closed = true;
    Flow.Subscription s = subscription.get();
    if (s != null) {
      s.cancel();
    }
  }
}
