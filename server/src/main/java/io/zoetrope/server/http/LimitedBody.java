package io.zoetrope.server.http;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A body that is neither endless nor endlessly slow. */
final class LimitedBody extends FilterInputStream {
  private static final Logger LOG = LoggerFactory.getLogger(LimitedBody.class);
  private static final Duration DRAIN = Duration.ofSeconds(2);
  private static final long DRAINED = 64 << 20;

  private final long most;
  private final long graceNanos;
  private final int slowest;
  private final long begin = System.nanoTime();
  private long bytes;

  /**
   * @param most bytes
   * @param grace in which it may be as slow as it likes
   * @param slowest bytes a second after that, from the beginning
   */
  LimitedBody(InputStream in, long most, Duration grace, int slowest) {
    super(in);
    this.most = most;
    this.graceNanos = grace.toNanos();
    this.slowest = slowest;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int read = read(one, 0, 1);
    return read < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int read;
    try {
      read = in.read(into, offset, length);
    } catch (IOException e) {
      if (silent(e)) {
        throw tooSlow();
      }
      throw e;
    }
    bytes += Math.max(0, read);
    if (bytes > most) {
      throw HttpError.tooLarge("the body is larger than %s bytes".formatted(most));
    }
    long nanos = System.nanoTime() - begin;
    if (nanos > graceNanos && bytes < nanos / 1e9 * slowest) {
      throw tooSlow();
    }
    return read;
  }

  /**
   * Reads on for a little while without a use for it: who still sends does not listen, and would
   * never hear that it was too much.
   */
  static void drain(InputStream rest) {
    long end = System.nanoTime() + DRAIN.toNanos();
    byte[] buffer = new byte[16 << 10];
    long left = DRAINED;
    try {
      while (left > 0 && System.nanoTime() < end) {
        int read = rest.read(buffer);
        if (read < 0) {
          return;
        }
        left -= read;
      }
    } catch (IOException e) {
      LOG.debug("nobody sends on", e);
    }
  }

  private HttpError tooSlow() {
    return HttpError.of(408, "too_slow", "the body comes too slowly: send it again");
  }

  private static boolean silent(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof TimeoutException) {
        return true;
      }
    }
    return false;
  }

  /** Whether it was the other end that gave up. */
  static boolean gone(IOException e) {
    return e instanceof EOFException || e.getCause() instanceof EOFException;
  }

  /** What is to be said of a body that could not be read or kept. */
  static RuntimeException failed(IOException e) {
    return gone(e)
        ? HttpError.badBody("the request ends before its body does")
        : new UncheckedIOException(e);
  }
}
