package io.zoetrope.error;

/** What kind of thing a {@link UserError} is about: for programs that answer to it. */
public enum Fault {
  /** A value that is not one of those allowed, or outside of its range. */
  INVALID("invalid"),
  /** An order that makes no sense by itself, whatever files and models there are. */
  ORDER("order"),
  /** A file, folder, model or name that is not there. */
  NOT_FOUND("not-found"),
  /** A file that is cut off, garbled, or not what it is taken for. */
  DAMAGED("damaged"),
  /** Something whole and known that this version cannot use. */
  UNSUPPORTED("unsupported"),
  /** Two things, each good, that do not go together: weights and their model, two sizes. */
  MISMATCH("mismatch"),
  /** Numbers of weights, latents or pixels that overflowed, or are none: NaN and infinity. */
  NOT_FINITE("not-finite"),
  /** More than memory, disk or a format holds. */
  TOO_LARGE("too-large"),
  /** A place that is taken: a folder that holds other files, a run that another process goes on. */
  OCCUPIED("occupied"),
  /** What the system or the hub does not let this process read or write. */
  NO_ACCESS("no-access"),
  /** A server that does not answer, or not as one should. */
  UNREACHABLE("unreachable");

  private final String code;

  Fault(String code) {
    this.code = code;
  }

  /** The same word in every version, such as {@code not-found}: for logs, answers and tables. */
  public String code() {
    return code;
  }
}
