package io.zoetrope.jobs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The queue at one moment.
 *
 * @param paused whether nothing is begun
 * @param waiting those that wait, first to last
 * @param running those that are made
 * @param workers that take jobs, of all servers on this database
 */
public record QueueState(
    boolean paused, List<JobId> waiting, List<JobId> running, List<Worker> workers) {
  /**
   * A worker.
   *
   * @param name of its server and its number
   * @param state {@code starting}, {@code idle}, {@code busy}, {@code lost}
   * @param device cpu, cuda:0, ...
   * @param job that it makes
   * @param seen when it last said so
   */
  public record Worker(
      String name, String state, String device, Optional<JobId> job, Instant seen) {}

  public QueueState {
    waiting = List.copyOf(waiting);
    running = List.copyOf(running);
    workers = List.copyOf(workers);
  }
}
