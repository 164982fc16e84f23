package io.zoetrope.server.api;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobFilter;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.worker.Descriptions;
import io.zoetrope.pipeline.order.VideoOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * How long orders took here: the newest finished jobs of the same model, task and tuning, by the
 * pixel and step. The middle one counts, for some had to load the model first.
 */
final class Experience {
  /** Jobs that are looked at, and of those that are like the order, so many count. */
  private static final int LOOKED_AT = 200;

  private static final int COUNT = 21;

  private final Jobs jobs;

  Experience(Jobs jobs) {
    this.jobs = jobs;
  }

  /**
   * Seconds that an order will take once it is begun; empty if nothing like it was made here.
   *
   * @param shape what will be made
   */
  OptionalDouble seconds(VideoOrder order, Descriptions.Usual shape) {
    double work = work(shape.width(), shape.height(), shape.frames(), shape.steps());
    double[] rates =
        jobs.list(completed()).stream()
            .filter(job -> like(order, job.order()))
            .map(Experience::rate)
            .flatMap(Optional::stream)
            .limit(COUNT)
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    return rates.length == 0 || work == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(rates[rates.length / 2] * work);
  }

  private static JobFilter completed() {
    return new JobFilter(
        Set.of(JobState.COMPLETED),
        Optional.empty(),
        Optional.empty(),
        /* starred= */ false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        /* ascending= */ false,
        LOOKED_AT);
  }

  /** Whether the one costs by the pixel and step what the other does. */
  private static boolean like(VideoOrder one, VideoOrder other) {
    return one.task().getClass().equals(other.task().getClass())
        && one.model().equals(other.model())
        && one.tuning().equals(other.tuning())
        && one.wish().guidance().equals(other.wish().guidance())
        && one.wish().sampler().equals(other.wish().sampler());
  }

  /** Seconds by the pixel and step; empty for what was made in several attempts. */
  private static Optional<Double> rate(Job job) {
    Job.Shape shape = job.shape();
    double work = work(shape.width(), shape.height(), shape.frames(), shape.steps());
    if (work == 0 || job.attempt() != 1 || job.draftRows().isPresent()) {
      return Optional.empty();
    }
    Optional<Instant> begun = job.started();
    return job.completed()
        .flatMap(end -> begun.map(from -> Duration.between(from, end).toNanos() * 1e-9 / work));
  }

  private static double work(int width, int height, long frames, int steps) {
    return (double) width * height * frames * steps;
  }
}
