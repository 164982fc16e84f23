package io.zoetrope.jobs;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The door to all jobs: whoever asks for videos (a server, a program that embeds it) asks here. Any
 * number of threads may use it.
 *
 * <p>What is accepted is durable before a call returns: a crash in the next moment loses nothing.
 *
 * <p>All methods throw {@link JobsException}.
 */
public interface Jobs extends AutoCloseable {
  /**
   * Takes a job: sources are there, the order makes sense, a seed is drawn, and it is on disk.
   *
   * @return the job; the first one, if the key of the request was used before for the same
   */
  Job submit(JobRequest request);

  /** Takes several, all or none. */
  List<Job> submit(List<JobRequest> requests);

  /** A job; empty if there is none of that name. */
  Optional<Job> find(JobId id);

  /**
   * A job.
   *
   * @throws JobsException NOT_FOUND, or EXPIRED if it was tidied away
   */
  Job require(JobId id);

  /**
   * The newest job of an owner by a request with this fingerprint, however its key was: so a client
   * that repeats itself without a key gets the first one.
   *
   * @param within no older than that
   */
  Optional<Job> latest(Optional<String> owner, String fingerprint, Duration within);

  /** Those that fit. */
  List<Job> list(JobFilter filter);

  /** Changes what may be changed. */
  Job change(JobId id, JobChange change);

  /** Does not want it any more: at once if it waits, at the next step if it is made. */
  Job cancel(JobId id);

  /** Tries once more what failed or was cancelled, under the same name. */
  Job retry(JobId id);

  /** Goes on with a draft, from its very latents to the end. */
  Job finish(JobId id);

  /** Removes it and its files; what is made is cancelled first. */
  void delete(JobId id);

  /** The place among those that wait, from 1; empty if it does not wait. */
  Optional<Integer> position(JobId id);

  QueueState queue();

  /** Begins nothing more; what is made is finished. Survives a restart. */
  void pause();

  void resume();

  /**
   * Keeps bytes, durably, once.
   *
   * @param bytes read to their end, not closed
   * @param most more than so many are refused, {@link JobsException.Kind#TOO_LARGE}
   * @param look says what they are, or throws; given a file that has no name of a stranger's
   */
  Input upload(InputStream bytes, long most, Look look);

  /** What was uploaded. */
  Optional<Input> input(String sha256);

  /** What somebody has found out about a file. */
  @FunctionalInterface
  interface Look {
    /**
     * Looks at a file.
     *
     * @param file of unknown bytes
     * @param sha256 of them
     * @param bytes how many
     */
    Input at(Path file, String sha256, long bytes);
  }

  /**
   * Events after one, oldest first, at most 1000.
   *
   * @param after the id of the last one seen; events that are no more kept are left out
   */
  List<JobEvent> events(long after);

  /** The id of the newest event; 0 if there was none. */
  default long newestEvent() {
    long newest = 0;
    for (List<JobEvent> page = events(newest); !page.isEmpty(); page = events(newest)) {
      newest = page.getLast().id();
    }
    return newest;
  }

  /**
   * Tells of events as they happen, on a thread of its own; slow listeners lose none, for they are
   * told only that there is something new.
   *
   * @param news told the id of the newest event
   * @return ends it
   */
  Runnable listen(Consumer<Long> news);

  /** Where the files are. */
  Store store();

  /** Values that are kept by name and kind, as presets are: JSON each. */
  Shelf shelf(String kind);

  /** Small values by name. */
  interface Shelf {
    List<String> names();

    Optional<String> get(String name);

    void put(String name, String json);

    boolean remove(String name);
  }

  /**
   * Whether it can do its work.
   *
   * @return what is wrong, a line each: empty if nothing is
   */
  List<String> ailments();

  /**
   * Takes no more jobs and begins none; what is made gets so long, then is stopped and goes back to
   * the queue.
   */
  void drain(Duration patience);

  /** Stops at once. Jobs that are made go back to the queue. */
  @Override
  void close();
}
