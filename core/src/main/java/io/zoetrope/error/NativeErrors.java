package io.zoetrope.error;

import java.util.regex.Pattern;

/** Errors of libtorch in words for people: it throws C++ texts with a stack of C++ below them. */
public final class NativeErrors {
  /** What it says when the system, or a device, gives it no more memory. */
  private static final Pattern MEMORY =
      Pattern.compile("can't allocate memory|not enough memory|out of memory|bad_alloc");

  private static final Pattern STACK =
      Pattern.compile("\\s*(\\(?Exception raised from |\\bframe #0: |C\\+\\+ CapturedTraceback)");

  private NativeErrors() {}

  /**
   * The first line of a message; empty where there is none. A stack of C++ is cut off wherever it
   * begins.
   */
  public static String firstLine(Throwable e) {
    String message = e.getMessage();
    return message == null ? "" : withoutStack(message).strip().lines().findFirst().orElse("");
  }

  /** A text up to where a stack of C++ begins. */
  static String withoutStack(String text) {
    return STACK.splitAsStream(text).findFirst().orElse("");
  }

  /**
   * The same error as a person should see it: out of memory is a {@link UserError}, and what has a
   * stack of C++ in its message comes without it. All others come back as they are.
   */
  public static RuntimeException plain(RuntimeException e) {
    if (e instanceof UserError) {
      return e;
    }
    String message = String.valueOf(e.getMessage());
    if (MEMORY.matcher(message).find()) {
      return new UserError(
          Fault.TOO_LARGE,
          "memory ran out",
          Mend.of("ask for fewer or smaller frames, or close other programs"),
          e);
    }
    return STACK.matcher(message).find() ? new IllegalStateException(firstLine(e), e) : e;
  }
}
