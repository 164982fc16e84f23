package io.zoetrope.jobs;

import io.zoetrope.pipeline.order.VideoOrder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A job as it is at one moment.
 *
 * @param id its name
 * @param state what has become of it
 * @param order with the seed that was drawn; sources as {@link InputRef} says
 * @param task by name, as {@code generate}
 * @param shape what is made, as far as it is known before and exactly once it is made
 * @param progress how far it is
 * @param attempt how often it was begun, from 1; 0 if never
 * @param error why it failed or was cancelled
 * @param result its file, once there is one
 * @param draftRows how many rows are walked before it waits; empty walks all
 * @param owner the token it came with
 * @param batch what it is part of
 * @param board on which board it lies
 * @param star whether somebody likes it: it is never tidied away
 * @param note what somebody wrote beside it; may be empty
 * @param remixedFrom the job whose video it changes
 * @param priority higher goes first
 * @param notes what was told while it was made, a line each
 * @param created when it was taken
 * @param started when it was first begun
 * @param completed when it was over
 * @param expires when it is tidied away; empty if never
 */
public record Job(
    JobId id,
    JobState state,
    VideoOrder order,
    String task,
    Shape shape,
    JobProgress progress,
    int attempt,
    Optional<JobError> error,
    Optional<Result> result,
    Optional<Integer> draftRows,
    Optional<String> owner,
    Optional<String> batch,
    Optional<String> board,
    boolean star,
    String note,
    Optional<JobId> remixedFrom,
    int priority,
    List<String> notes,
    Instant created,
    Optional<Instant> started,
    Optional<Instant> completed,
    Optional<Instant> expires) {
  /**
   * What a job makes. Of what the order leaves to the model, the worker tells.
   *
   * @param width pixels; 0 if not known yet
   * @param height pixels; 0 if not known yet
   * @param frames 0 if not known yet
   * @param fps frames a second; 0 if not known yet
   * @param steps 0 if not known yet
   */
  public record Shape(int width, int height, long frames, double fps, int steps) {
    /** Nothing is known. */
    public static final Shape UNKNOWN = new Shape(0, 0, 0, 0, 0);
  }

  /**
   * A file that is there, whole.
   *
   * @param file its name in the job's folder of the store, as {@code attempt-1/video.mp4}
   * @param bytes how many
   * @param sha256 of them
   */
  public record Result(String file, long bytes, String sha256) {}

  /** This, tidied away at another time. */
  public Job withExpires(Optional<Instant> when) {
    return new Job(
        id,
        state,
        order,
        task,
        shape,
        progress,
        attempt,
        error,
        result,
        draftRows,
        owner,
        batch,
        board,
        star,
        note,
        remixedFrom,
        priority,
        notes,
        created,
        started,
        completed,
        when);
  }
}
