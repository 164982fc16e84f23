package io.zoetrope.checkpoint.hub;

import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import javax.net.ssl.SSLException;

/** The patience with one thing: counts failures in a row, waits between them, gives up. */
final class Retry {
  private static final long NANOS_BETWEEN_LOOKS = 20_000_000;

  private final Patience patience;
  private final Traffic traffic;
  private final String what;
  private int failures;

  /**
   * Begins.
   *
   * @param what is wanted, for messages
   */
  Retry(Patience patience, Traffic traffic, String what) {
    this.patience = patience;
    this.traffic = traffic;
    this.what = what;
  }

  /** Work that talks to a server. */
  @FunctionalInterface
  interface Call<T> {
    T call() throws IOException;
  }

  /** Calls until it works. */
  <T> T until(Call<T> call) {
    while (true) {
      try {
        return call.call();
      } catch (IOException e) {
        failed(e);
      }
    }
  }

  /** Something was gained since the last failure: patience begins anew. */
  void gained() {
    failures = 0;
  }

  /**
   * Waits as long as is fit after a failure.
   *
   * @throws UserError if it has failed too often, or would have to wait too long
   */
  void failed(IOException e) {
    failures++;
    if (e instanceof SSLException && !String.valueOf(e.getMessage()).contains("closed")) {
      // Certificates do not mend themselves.
      throw new UserError(
          Fault.UNREACHABLE,
          "no safe connection for %s: %s".formatted(what, reason(e)),
          Mend.of("check the clock, the proxy and HF_ENDPOINT"),
          e);
    }
    if (failures >= patience.attempts()) {
      throw new UserError(
          Fault.UNREACHABLE,
          "gave up on %s after %s attempts: %s".formatted(what, failures, reason(e)),
          Mend.of("run it again to go on"),
          e);
    }
    Duration wait = patience.wait(failures);
    Optional<Duration> asked = e instanceof Busy busy ? busy.after() : Optional.empty();
    if (asked.isPresent()) {
      if (asked.get().compareTo(patience.longest()) > 0) {
        throw new UserError(
            Fault.UNREACHABLE,
            "%s: %s and asks to wait %s".formatted(what, reason(e), seconds(asked.get())),
            Mend.of("run it again then"),
            e);
      }
      wait = asked.get().compareTo(wait) > 0 ? asked.get() : wait;
    }
    if (wait.compareTo(Duration.ofSeconds(2)) >= 0) {
      traffic.note("%s: %s, again in %s".formatted(what, reason(e), seconds(wait)));
    }
    sleep(wait, traffic);
  }

  /** Waits, unless somebody wants to stop. */
  static void sleep(Duration wait, Traffic traffic) {
    long end = System.nanoTime() + wait.toNanos();
    while (true) {
      check(traffic);
      long left = end - System.nanoTime();
      if (left <= 0) {
        return;
      }
      try {
        Thread.sleep(Duration.ofNanos(Math.min(left, NANOS_BETWEEN_LOOKS)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("cancelled");
      }
    }
  }

  /** Stops here if somebody wants to. */
  static void check(Traffic traffic) {
    if (traffic.cancelled()) {
      throw new CancellationException("cancelled");
    }
  }

  /** Why it failed, in a few words. */
  static String reason(IOException e) {
    if (e instanceof UnknownHostException || caused(e) instanceof UnresolvedAddressException) {
      return "the host's name is not known (is there a network?)";
    }
    if (e instanceof HttpTimeoutException) {
      return "no answer in time";
    }
    if (e instanceof ConnectException) {
      return "the connection was refused";
    }
    String message = e.getMessage();
    return message == null || message.isBlank()
        ? "the connection broke (%s)".formatted(e.getClass().getSimpleName())
        : message.lines().findFirst().orElse("");
  }

  private static Throwable caused(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static String seconds(Duration wait) {
    return wait.toSeconds() < 120 ? wait.toSeconds() + " s" : wait.toMinutes() + " min";
  }
}
