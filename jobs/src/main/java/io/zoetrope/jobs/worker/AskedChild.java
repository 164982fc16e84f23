package io.zoetrope.jobs.worker;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A process that answers one line by one line. It is started when it is first asked, and ends when
 * nobody has asked for a while. Any number of threads may ask; each waits for its turn.
 */
final class AskedChild implements AutoCloseable {
  private final String name;
  private final ChildJvm jvm;
  private final Duration idle;
  private final Predicate<String> answers;
  private final ReentrantLock turn = new ReentrantLock(true);
  private volatile @Nullable ChildProcess child;
  private volatile boolean closed;
  private volatile long asked;

  /**
   * Starts nothing yet.
   *
   * @param idle after so long without a question it ends
   * @param answers whether a line is an answer, and not something that a library printed
   */
  AskedChild(String name, ChildJvm jvm, Duration idle, Predicate<String> answers) {
    this.name = name;
    this.jvm = jvm;
    this.idle = idle;
    this.answers = answers;
  }

  /** It gave no answer: it is gone, or was killed after its time. */
  static final class NoAnswer extends Exception {
    private static final long serialVersionUID = 1L;

    NoAnswer(String why) {
      super(why);
    }
  }

  /**
   * Asks it.
   *
   * @param patience after which it is killed; a process that has to start first has more
   * @throws NoAnswer if it gives none
   */
  String ask(String line, Duration patience) throws NoAnswer {
    turn.lock();
    boolean answered = false;
    try {
      ChildProcess there = child;
      boolean fresh = there == null || !there.alive();
      ChildProcess one = fresh || there == null ? started() : there;
      one.send(line);
      Duration all = fresh ? patience.plus(patience) : patience;
      long deadline = System.nanoTime() + all.toNanos();
      while (true) {
        long left = deadline - System.nanoTime();
        Optional<String> said = left <= 0 ? Optional.empty() : one.next(Duration.ofNanos(left));
        if (said.isEmpty()) {
          throw new NoAnswer("%s gave no answer within %s s".formatted(name, all.toSeconds()));
        }
        if (answers.test(said.get())) {
          answered = true;
          asked = System.nanoTime();
          return said.get();
        }
      }
    } catch (ChildProcess.Gone | IOException e) {
      throw new NoAnswer(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoAnswer("interrupted");
    } finally {
      if (!answered) {
        end();
      }
      turn.unlock();
    }
  }

  private ChildProcess started() throws IOException {
    if (closed) {
      throw new IOException(name + " is closed");
    }
    ChildProcess one = ChildProcess.start(name, jvm);
    child = one;
    asked = System.nanoTime();
    Thread unused = Thread.ofVirtual().name(name + "-idle").start(() -> endWhenIdle(one));
    return one;
  }

  private void endWhenIdle(ChildProcess one) {
    try {
      while (one.alive()) {
        Thread.sleep(Math.clamp(idle.toMillis() / 4, 50, 10_000));
        if (System.nanoTime() - asked > idle.toNanos() && turn.tryLock()) {
          try {
            one.close();
          } finally {
            turn.unlock();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end() {
    ChildProcess there = child;
    if (there != null) {
      there.close();
    }
  }

  /** The process by its number; empty while there is none. */
  Optional<Long> pid() {
    ChildProcess there = child;
    return there != null && there.alive() ? Optional.of(there.pid()) : Optional.empty();
  }

  @Override
  public void close() {
    closed = true;
    end();
  }
}
