package io.zoetrope.torch;

/** What kind of thing a {@link UserError} is about: for programs that answer to it. */
public enum Fault {
  /** A value that is not one of those allowed, or outside of its range. */
  INVALID,
  /** An order that makes no sense by itself, whatever files and models there are. */
  ORDER,
  /** A file, folder, model or name that is not there. */
  NOT_FOUND,
  /** A file that is cut off, garbled, or not what it is taken for. */
  DAMAGED,
  /** Something whole and known that this version cannot use. */
  UNSUPPORTED,
  /** Two things, each good, that do not go together: weights and their model, two sizes. */
  MISMATCH,
  /** Numbers of weights, latents or pixels that overflowed, or are none: NaN and infinity. */
  NOT_FINITE,
  /** More than memory, disk or a format holds. */
  TOO_LARGE,
  /** A place that is taken: a folder that holds other files, a run that another process goes on. */
  OCCUPIED,
  /** What the system or the hub does not let this process read or write. */
  NO_ACCESS,
  /** A server that does not answer, or not as one should. */
  UNREACHABLE
}
