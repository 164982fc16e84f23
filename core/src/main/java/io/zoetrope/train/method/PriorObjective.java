package io.zoetrope.train.method;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.TimestepSampler;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.ClassifierFreeGuidance;
import io.zoetrope.diffusion.guidance.PromptBlend;
import io.zoetrope.diffusion.sampler.Ddim;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.network.classifier.VideoClassifier;
import io.zoetrope.network.prior.PriorTransformer;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.Objective;
import io.zoetrope.train.TrainingStep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Denoising of one vector from the words of its caption: the mean squared error of the clean
 * vector, at levels of all kinds alike.
 */
record PriorObjective(
    PriorTransformer prior,
    PromptEncoder prompts,
    FrameFeatures frames,
    VideoClassifier judge,
    NoiseSchedule schedule,
    int batch,
    double dropout)
    implements Objective {
  /** Vectors that are judged. */
  private static final int JUDGED = 64;

  private static final int STEPS = 20;

  @Override
  public Tensor loss(TrainingStep step) {
    SplittableRandom draw = new SplittableRandom(step.random().key("batch"));
    long[] which = draw.longs(batch, 0, frames.size()).toArray();
    List<String> captions = new ArrayList<>();
    for (long clip : which) {
      boolean dropped = draw.nextDouble() < dropout;
      captions.add(dropped ? "" : frames.captions().get((int) clip));
    }
    Share share = step.share();
    Tensor own = share.of(Tensors.of(which, batch));
    Tensor x0 = video(prior.standardised(frames.features_NE().index_select(0, own)));
    long[] whole = Tensors.shape(x0);
    whole[0] = batch;
    try (RandomStream noise = step.random().stream("noise");
        RandomStream level = step.random().stream("level")) {
      Tensor u_BF = share.of(TimestepSampler.uniform().draw(schedule, level, batch, 1));
      Levels at = schedule.levels(u_BF, x0);
      Tensor z = schedule.noisyInput(x0, share.of(noise.normal(whole)), u_BF);
      Tensor made =
          prior.ask(
              z,
              at.t_BF().to(ScalarType.Float),
              prompts.condition(share.of(captions)),
              Segments.PLAIN);
      return Ops.mse(made, x0);
    }
  }

  private static Tensor video(Tensor x_BE) {
    return x_BE.unsqueeze(2).unsqueeze(3).unsqueeze(4);
  }

  /** Writes how often the classifier says the same of made vectors as of those of the frames. */
  @Override
  public void sample(long step, Path folder) {
    int n = Math.min(JUDGED, frames.size());
    Conditioning texts = prompts.condition(frames.captions().subList(0, n));
    Conditioning nothing = prompts.condition(Collections.nCopies(n, ""));
    X0Denoiser guided =
        PromptBlend.of(
            new ClassifierFreeGuidance(X0Denoiser.of(prior, schedule, Prediction.X0), nothing, 2),
            texts);
    TimestepPlan plan = TimestepPlan.uniform(schedule.spacing(STEPS), 1);
    Noise noise = Noise.of(new RandomStreams(0), n);
    Tensor none = Tensors.zeros(n, prior.config().embedding(), 1, 1, 1);
    Tensor made =
        new SamplerLoop(new Ddim(), guided)
            .run(plan, SamplerLoop.start(plan, schedule, none, noise), noise, Progress.NONE);
    StringBuilder lines = new StringBuilder();
    var ours = judge.logits(prior.restored(made.flatten(1, 4)));
    var theirs = judge.logits(frames.features_NE().narrow(0, 0, n));
    ours.forEach((name, logits) -> {
      Tensor same = best(logits).logical_and(best(Objects.requireNonNull(theirs.get(name)))).any(1);
      double share = same.to(ScalarType.Float).mean().item_double();
      lines.append(String.format(Locale.ROOT, "%-10s %.4f%n", name, share));
    });
    AtomicFiles.text(folder.resolve("agreement.txt"), lines.toString());
  }

  private static Tensor best(Tensor logits) {
    return logits.eq(logits.amax(new long[] {1}, true));
  }
}
