package io.zoetrope.pipeline;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.torch.ComputeDevice;
import io.zoetrope.torch.RandomStreams;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * One clip to be sampled, or several at once that differ in prompts, seeds and given content only.
 *
 * @param plan levels, given frames, prompt weights
 * @param requests one for each clip: negative prompt, seed, guidance, sampler
 * @param prompts for each clip the texts of the plan's P prompts
 * @param given_BCFHW clean latents; only given frames are read. Borrowed
 * @param stream name of the noise: a task that works on what another one made names its own
 * @param clip number of the clip in a longer video: each has noise of its own
 * @param firstFrame number of its first frame in the longer video; frame f of the video has the
 *     same noise whatever else the clip holds
 * @param reached_BCFHW latents from which frames that start above level 0 begin, in place of noise:
 *     what a rise came to. Borrowed
 */
public record Job(
    TimestepPlan plan,
    List<VideoRequest> requests,
    List<List<String>> prompts,
    Tensor given_BCFHW,
    String stream,
    long clip,
    long firstFrame,
    Optional<Tensor> reached_BCFHW) {
  public Job {
    requests = List.copyOf(requests);
    prompts = prompts.stream().map(List::copyOf).toList();
    if (prompts.size() != requests.size()) {
      throw new IllegalArgumentException(
          "prompts for " + prompts.size() + " clips, of " + requests.size());
    }
    for (List<String> texts : prompts) {
      if (texts.size() != plan.prompts().prompts()) {
        throw new IllegalArgumentException(
            "the plan has %s prompts, not %s".formatted(plan.prompts().prompts(), texts.size()));
      }
    }
    if (given_BCFHW.dim() != 5
        || given_BCFHW.size(0) != requests.size()
        || given_BCFHW.size(2) != plan.frames()) {
      throw new IllegalArgumentException(
          "%s clips of %s frames need content of as many"
              .formatted(requests.size(), plan.frames()));
    }
  }

  /** One whose frames begin with noise, or with what is given. */
  public Job(
      TimestepPlan plan,
      List<VideoRequest> requests,
      List<List<String>> prompts,
      Tensor given_BCFHW,
      String stream,
      long clip,
      long firstFrame) {
    this(plan, requests, prompts, given_BCFHW, stream, clip, firstFrame, Optional.empty());
  }

  /** A clip by itself, with the prompts of the requests. */
  public static Job of(TimestepPlan plan, List<VideoRequest> requests, Tensor given_BCFHW) {
    List<List<String>> prompts = requests.stream().map(r -> List.of(r.prompt())).toList();
    return new Job(plan, requests, prompts, given_BCFHW, "clip", 0, 0);
  }

  /** This as clip {@code number} of a longer video, beginning at {@code frame}. */
  public Job at(long number, long frame) {
    return new Job(plan, requests, prompts, given_BCFHW, stream, number, frame, reached_BCFHW);
  }

  /** This with noise of another name. */
  public Job named(String name) {
    return new Job(plan, requests, prompts, given_BCFHW, name, clip, firstFrame, reached_BCFHW);
  }

  /** This with its content on a device. */
  public Job on(ComputeDevice device) {
    return new Job(
        plan,
        requests,
        prompts,
        device.place(given_BCFHW),
        stream,
        clip,
        firstFrame,
        reached_BCFHW.map(device::place));
  }

  /** This beginning with latents, where frames start above level 0. */
  public Job from(Tensor z_BCFHW) {
    return new Job(
        plan, requests, prompts, given_BCFHW, stream, clip, firstFrame, Optional.of(z_BCFHW));
  }

  /** The latents at the first row of a plan, which may be another than this one's. */
  Tensor start(TimestepPlan run, NoiseSchedule schedule, Noise noise) {
    Tensor start = SamplerLoop.start(run, schedule, given_BCFHW, noise);
    return reached_BCFHW
        .map(z ->
            torch.where(
                schedule
                    .levels(run.row_1F(0), z)
                    .coefficient(l -> l.u() > 0 ? 1 : 0, z)
                    .to(ScalarType.Bool),
                z,
                start))
        .orElse(start);
  }

  /** The noise of these clips. */
  public Noise noise() {
    return new Noise(
        requests.stream().map(r -> new RandomStreams(r.seed()).child(stream, clip)).toList(),
        firstFrame);
  }
}
