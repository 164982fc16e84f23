package io.zoetrope.jobs;

import java.time.Duration;
import java.util.Optional;

/** Why something cannot be done with jobs, in one line for whoever asked. */
public final class JobsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of thing it is about. */
  public enum Kind {
    /** There is no such job, input or preset. */
    NOT_FOUND,
    /** It was there, and was tidied away. */
    EXPIRED,
    /** It is not as far as that, as a video that is not made yet. */
    NOT_READY,
    /** The queue is full: wait. */
    QUEUE_FULL,
    /** The server is about to stop. */
    DRAINING,
    /** A key was used for two different requests. */
    KEY_REUSED,
    /** What is asked for makes no sense. */
    INVALID,
    /** More bytes than are taken. */
    TOO_LARGE,
    /** The disk is nearly full. */
    NO_SPACE,
    /** The database does not answer. */
    DATABASE
  }

  private final Kind kind;
  private final transient Optional<Duration> retryAfter;

  public JobsException(Kind kind, String message) {
    super(message);
    this.kind = kind;
    this.retryAfter = Optional.empty();
  }

  public JobsException(Kind kind, String message, Duration retryAfter) {
    super(message);
    this.kind = kind;
    this.retryAfter = Optional.of(retryAfter);
  }

  public JobsException(Kind kind, String message, Throwable from) {
    this(kind, message);
    initCause(from);
  }

  public Kind kind() {
    return kind;
  }

  /** When it is worth another try. */
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
