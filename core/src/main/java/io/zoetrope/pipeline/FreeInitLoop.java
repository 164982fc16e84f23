package io.zoetrope.pipeline;

import io.zoetrope.diffusion.FreeInit;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** {@link FreeInit}: one clip several times, each from noise made of the one before. */
record FreeInitLoop(FreeInit freeInit, Engine engine) {
  /** One sampling. */
  interface Once {
    Tensor sample(Job job, Noise noise, Progress progress);
  }

  /** Samples a job as often as said; what the last time makes. */
  Tensor run(Job job, Noise noise, Once once, Progress progress) {
    VideoRequest request = job.requests().getFirst();
    List<Job> jobs =
        IntStream.range(0, freeInit.iterations())
            .mapToObj(i -> inSteps(job, freeInit.steps(request.steps(), i)))
            .toList();
    long total = jobs.stream().mapToLong(j -> j.plan().steps()).sum();
    Tensor first = noise.normal("start", 0, job.given_BCFHW());
    long done = jobs.getFirst().plan().steps();
    Tensor z = once.sample(jobs.getFirst(), noise, progress.part(Phase.SAMPLE, 0, done, total));
    for (int i = 1; i < jobs.size(); i++) {
      long own = jobs.get(i).plan().steps();
      NoiseSchedule schedule = engine.sampling(request, request.steps()).schedule();
      Tensor eps = freeInit.noise(z, first, noise.normal("freeinit", i, z), schedule);
      Noise again = noise.child("freeinit", i).with(Noise.Given.start(eps, noise.firstFrame()));
      z = once.sample(jobs.get(i), again, progress.part(Phase.SAMPLE, done, own, total));
      done += own;
    }
    return z;
  }

  /** The same job in fewer steps, of which a plan of equal frames can be made. */
  private Job inSteps(Job job, int steps) {
    VideoRequest request = job.requests().getFirst();
    if (steps == request.steps()) {
      return job;
    }
    int frames = job.plan().frames();
    double[][] uniform = TimestepPlan.uniform(engine.levels(request), frames).levels();
    if (!Arrays.deepEquals(uniform, job.plan().levels())) {
      throw new UserError(
          Fault.INVALID, "FreeInit in fewer steps works on text to video alone", "take all steps");
    }
    List<VideoRequest> requests = job.requests().stream().map(r -> r.withSteps(steps)).toList();
    TimestepPlan plan =
        TimestepPlan.uniform(engine.levels(requests.getFirst()), frames)
            .withPrompts(job.plan().prompts());
    return new Job(
        plan,
        requests,
        job.prompts(),
        job.given_BCFHW(),
        job.stream(),
        job.clip(),
        job.firstFrame());
  }
}
