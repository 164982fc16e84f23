package io.zoetrope.jobs;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes jobs, one at a time: a process of its own, or this one. */
public interface Runner extends AutoCloseable {
  /**
   * Makes one. Returns when it is over, one way or another; what is thrown counts as {@link Lost}.
   *
   * @param attempt what, and into which folder
   * @param watch told of it, on any thread, one call at a time
   */
  Outcome run(Attempt attempt, Watch watch) throws InterruptedException;

  /** What it computes on: cpu, cuda:0, ... */
  String device();

  /** Stops at once whatever it makes, and frees all it holds. */
  @Override
  void close();

  /**
   * An attempt at a job.
   *
   * @param job with its order
   * @param number of the attempt, from 1
   * @param folder of this attempt, which is there and empty: everything it makes goes there
   * @param store the folder of all jobs and inputs, for its sources
   * @param resume the folder of an earlier attempt or draft from whose latents it may go on
   */
  record Attempt(Job job, int number, Path folder, Store store, Optional<Path> resume) {}

  /** Where an attempt reports to, and is stopped. */
  interface Watch {
    /** What is made, now that the model is known. */
    void shape(Job.Shape shape);

    /** How far it is. */
    void progress(JobProgress progress);

    /**
     * A row of the plan was reached.
     *
     * @param row from 1
     * @param rows of the plan
     * @param levels of the row, for each frame from {@code offset} on
     * @param offset number of the first of these frames in the whole video
     * @param picture the step of the {@link StepPicture} that there is of it; 0 if there is none
     */
    void step(int row, int rows, double[] levels, long offset, int picture);

    /** So many frames are finished. */
    void frames(long finished);

    /** Something worth a line. */
    void note(String line);

    /** Asked often, at least four times a second: whether it may go on. */
    Signal signal();
  }

  /** Whether an attempt may go on. */
  enum Signal {
    GO,
    /** Nobody wants it any more: stop at the next step. */
    CANCEL,
    /** Another attempt will be made: keep what there is and stop. */
    STOP
  }

  /** How an attempt ended. */
  sealed interface Outcome {}

  /**
   * It is made.
   *
   * @param result its file
   * @param shape as it came out
   * @param notes all that was told
   */
  record Done(Job.Result result, Job.Shape shape, List<String> notes) implements Outcome {}

  /**
   * Its first rows are walked, its latents lie in the folder, and there is a file of what it looks
   * like by now.
   */
  record Drafted(Job.Result result, Job.Shape shape, List<String> notes) implements Outcome {}

  /** It cannot be made: no other attempt would do better. */
  record Failed(JobError error) implements Outcome {}

  /** It was cancelled, as was asked for. */
  record Cancelled() implements Outcome {}

  /** It was stopped, as was asked for: another attempt may go on from its folder. */
  record Stopped() implements Outcome {}

  /**
   * Whoever made it is gone: killed, out of memory, crashed.
   *
   * @param why in a line, for the log
   */
  record Lost(String why) implements Outcome {}
}
