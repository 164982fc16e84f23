package io.zoetrope.error;

import java.util.function.Function;

/**
 * A failure that the person at the keyboard caused and can mend: what kind of fault it is, the
 * reason, and what to do. Its cause, where it has one, is what was thrown below. The message is one
 * line, {@code reason: mend}; it names no option of any command line. A command line prints {@link
 * #line} and shows a stack trace only when asked for.
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 2L;

  private final Fault fault;
  private final String reason;
  private final Mend mend;

  /** Where nothing is known that helps, or the reason says it: "must be 1 to 4, is 5". */
  public UserError(Fault fault, String reason) {
    this(fault, reason, Mend.NONE);
  }

  public UserError(Fault fault, String reason, String mend) {
    this(fault, reason, Mend.of(mend));
  }

  public UserError(Fault fault, String reason, Mend mend) {
    super(join(oneLine(reason), mend.text()));
    this.fault = fault;
    this.reason = oneLine(reason);
    this.mend = mend;
  }

  public UserError(Fault fault, String reason, Throwable from) {
    this(fault, reason, Mend.NONE, from);
  }

  public UserError(Fault fault, String reason, Mend mend, Throwable from) {
    this(fault, reason, mend);
    initCause(from);
  }

  /** A value that is not allowed. */
  public UserError(String reason) {
    this(Fault.INVALID, reason);
  }

  /** A value that is not allowed. */
  public UserError(String reason, Throwable from) {
    this(Fault.INVALID, reason, from);
  }

  /** What kind of thing it is about: for programs that answer to it. */
  public Fault fault() {
    return fault;
  }

  /** The code of its {@link #fault}: the same word in every version, such as {@code not-found}. */
  public String code() {
    return fault.code();
  }

  /** What is wrong. */
  public String reason() {
    return reason;
  }

  /** What to do about it. */
  public Mend mend() {
    return mend;
  }

  /** The same error, said of a place: a file, a layer, a line. */
  public UserError at(Object place) {
    return new UserError(fault, place + ": " + reason, mend, this);
  }

  /**
   * Reason and mend in one line.
   *
   * @param wording of what the mend leaves to its door
   */
  public String line(Function<Mend.Slot, String> wording) {
    return join(reason, mend.text(wording));
  }

  private static String join(String reason, String mend) {
    return mend.isEmpty() ? reason : reason + ": " + oneLine(mend);
  }

  private static String oneLine(String text) {
    return NativeErrors.withoutStack(text).strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
