package io.zoetrope.app.serve;

import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.jobs.JobsException;
import java.util.function.Supplier;

/** What processes have in common that go on until they are told to stop. */
final class Serving {
  private static final int LOOK_MILLIS = 100;

  private Serving() {}

  /** Waits until somebody presses Ctrl-C or sends TERM. */
  static void untilStopped(Session session) throws InterruptedException {
    try (Cancellation.Stretch stretch = session.cancellation().stretch()) {
      while (!session.cancellation().cancelled()) {
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  /** Opens something that has jobs; what is wrong with these is a person's to mend. */
  static <T> T opened(Supplier<T> open) {
    try {
      return open.get();
    } catch (JobsException e) {
      throw new UserError(Fault.OCCUPIED, String.valueOf(e.getMessage()), e);
    }
  }
}
