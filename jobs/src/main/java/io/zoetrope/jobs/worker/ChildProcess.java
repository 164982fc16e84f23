package io.zoetrope.jobs.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that is spoken to in lines: one goes in, lines come out. What it says on its standard
 * error is logged, and the last of it kept. It ends when this process does, for then its standard
 * input ends. Lines are sent and taken by one thread at a time; any may kill it.
 */
final class ChildProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);
  private static final int KEPT = 20;
  private static final int LONGEST_KEPT = 500;

  /** Letters of a line: more come of a process that is out of its mind. */
  private static final int LONGEST = 1 << 24;

  /** A line, or that there are no more. */
  private record Said(Optional<String> line) {}

  private final String name;
  private final Process process;
  private final OutputStream in;
  private final BlockingQueue<Said> said = new LinkedBlockingQueue<>();
  private final Deque<String> errors = new ArrayDeque<>();

  private ChildProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    in = process.getOutputStream();
    reading("out", process.getInputStream(), line -> said.add(new Said(Optional.of(line))));
    reading("err", process.getErrorStream(), this::error);
  }

  /**
   * Starts one.
   *
   * @param name for threads and logs
   * @throws IOException if it cannot be started
   */
  static ChildProcess start(String name, ChildJvm jvm) throws IOException {
    return new ChildProcess(name, jvm.builder().start());
  }

  /** It is gone, and said no more than was taken. */
  static final class Gone extends Exception {
    private static final long serialVersionUID = 1L;

    Gone(String why) {
      super(why);
    }
  }

  @FunctionalInterface
  private interface Taker {
    void take(String line);
  }

  private void reading(String which, InputStream stream, Taker taker) {
    // Of the system: reading a pipe would hold one that carries virtual threads.
    Thread unused =
        Thread.ofPlatform()
            .daemon()
            .name(name + "-" + which)
            .start(() -> {
              try (BufferedReader reader =
                  new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                BoundedLines lines = new BoundedLines(reader, LONGEST);
                for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
                  taker.take(line.get());
                }
              } catch (IOException e) {
                LOG.debug("{}: its {} broke off: {}", name, which, e.getMessage());
              } finally {
                if (which.equals("out")) {
                  said.add(new Said(Optional.empty()));
                }
              }
            });
  }

  private void error(String line) {
    LOG.debug("{}: {}", name, line);
    synchronized (errors) {
      errors.addLast(line.length() > LONGEST_KEPT ? line.substring(0, LONGEST_KEPT) : line);
      if (errors.size() > KEPT) {
        errors.removeFirst();
      }
    }
  }

  /** Says a line to it; one that is gone does not hear it. */
  void send(String line) {
    try {
      in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      in.flush();
    } catch (IOException e) {
      LOG.debug("{}: does not listen: {}", name, e.getMessage());
    }
  }

  /**
   * The next line that it says.
   *
   * @return empty if it says none for so long
   * @throws Gone if there will be none
   */
  Optional<String> next(Duration patience) throws InterruptedException, Gone {
    Said next = said.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    if (next == null) {
      return Optional.empty();
    }
    if (next.line.isEmpty()) {
      said.add(next);
      throw new Gone(why());
    }
    return next.line;
  }

  /** Why it is gone, in a line for the log. */
  private String why() throws InterruptedException {
    if (!process.waitFor(2, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      process.waitFor();
    }
    String last;
    synchronized (errors) {
      last = errors.isEmpty() ? "" : ": " + errors.getLast();
    }
    return "%s ended with %s%s".formatted(name, code(process.exitValue()), last);
  }

  /** A shell's way to say by which signal a process ended. */
  private static String code(int exit) {
    return switch (exit) {
      case 134 -> "134 (it aborted)";
      case 137 -> "137 (it was killed, perhaps for want of memory)";
      case 139 -> "139 (it crashed)";
      default -> String.valueOf(exit);
    };
  }

  /** Ends its standard input. */
  void endInput() throws IOException {
    in.close();
  }

  boolean alive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Ends it at once, and waits until it has. */
  @Override
  public void close() {
    process.destroyForcibly();
    boolean interrupted = false;
    while (process.isAlive()) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
