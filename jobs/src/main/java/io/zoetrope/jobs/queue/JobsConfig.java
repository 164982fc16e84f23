package io.zoetrope.jobs.queue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where jobs are kept, and how much is.
 *
 * @param store the folder of all files; of all servers on one database the same
 * @param database {@code jdbc:sqlite:FILE} or {@code jdbc:postgresql://HOST/NAME?user=...}; empty
 *     for {@code zoetrope.db} in the store
 * @param name of this process among all on this database: no other may have it at the same time
 * @param limits how much is taken and kept
 */
public record JobsConfig(Path store, Optional<String> database, String name, Limits limits) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /**
   * How much is taken and kept.
   *
   * @param queue jobs that wait
   * @param each jobs of one owner that wait
   * @param attempts workers that a job may lose before it fails
   * @param heartbeat how often a process says that it lives; after {@value #MISSED} times of
   *     silence its jobs are given to others
   * @param history how long what is over is kept
   * @param historyBytes how much of it
   * @param free bytes of disk below which nothing is taken
   * @param keys how long a repeated request is known by its key
   * @param events how long events are kept
   * @param idle how long uploads are kept that no job is made from
   */
  public record Limits(
      int queue,
      int each,
      int attempts,
      Duration heartbeat,
      Duration history,
      long historyBytes,
      long free,
      Duration keys,
      Duration events,
      Duration idle) {
    /** Beats that may fail to come. */
    public static final int MISSED = 4;

    /** For a house with one server. */
    public static final Limits USUAL =
        new Limits(
            1000,
            50,
            3,
            Duration.ofSeconds(5),
            Duration.ofDays(30),
            100L << 30,
            5L << 30,
            Duration.ofDays(1),
            Duration.ofHours(1),
            Duration.ofDays(1));

    public Limits {
      if (queue < 1 || each < 1 || attempts < 1) {
        throw new IllegalArgumentException("queue, each and attempts must be 1 or more");
      }
      if (heartbeat.toMillis() < 50) {
        throw new IllegalArgumentException("heartbeat must be 50 ms or more, is " + heartbeat);
      }
    }

    /** How long a lease is believed in without a beat. */
    Duration lease() {
      return heartbeat.multipliedBy(MISSED);
    }

    public Limits withQueue(int most, int ofOne) {
      return new Limits(
          most, ofOne, attempts, heartbeat, history, historyBytes, free, keys, events, idle);
    }

    public Limits withAttempts(int most) {
      return new Limits(
          queue, each, most, heartbeat, history, historyBytes, free, keys, events, idle);
    }

    public Limits withHeartbeat(Duration every) {
      return new Limits(
          queue, each, attempts, every, history, historyBytes, free, keys, events, idle);
    }

    public Limits withHistory(Duration age, long bytes) {
      return new Limits(queue, each, attempts, heartbeat, age, bytes, free, keys, events, idle);
    }

    public Limits withFree(long bytes) {
      return new Limits(
          queue, each, attempts, heartbeat, history, historyBytes, bytes, keys, events, idle);
    }

    /** How long keys, events and idle uploads are kept. */
    public Limits withMemory(Duration ofKeys, Duration ofEvents, Duration ofIdle) {
      return new Limits(
          queue, each, attempts, heartbeat, history, historyBytes, free, ofKeys, ofEvents, ofIdle);
    }
  }

  public JobsConfig {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a name of a process is of letters, digits, '.', '_' and '-', not '%s'".formatted(name));
    }
  }

  /** SQLite in a folder, under the name of this host. */
  public static JobsConfig in(Path store) {
    return new JobsConfig(store, Optional.empty(), host(), Limits.USUAL);
  }

  public JobsConfig withDatabase(String url) {
    return new JobsConfig(store, Optional.of(url), name, limits);
  }

  public JobsConfig withName(String other) {
    return new JobsConfig(store, database, other, limits);
  }

  public JobsConfig withLimits(Limits other) {
    return new JobsConfig(store, database, name, other);
  }

  /** Of the database. */
  String url() {
    return database.orElseGet(() -> "jdbc:sqlite:" + store.resolve("zoetrope.db"));
  }

  /** Bytes of the disk that may still be filled; 0 also where it does not answer. */
  long free() {
    return store.toFile().getUsableSpace();
  }

  private static String host() {
    try {
      String name = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9._-]", "-");
      return NAME.matcher(name).matches() ? name : "host";
    } catch (UnknownHostException e) {
      return "host";
    }
  }
}
