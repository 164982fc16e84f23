package io.zoetrope.train.objective;

import io.zoetrope.diffusion.Conditioning;
import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.TimestepSampler;
import io.zoetrope.network.dit.SpaceTimeTransformer;
import io.zoetrope.network.text.PromptTokenizer;
import io.zoetrope.network.text.Prompts;
import io.zoetrope.network.text.TextTransformer;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.Objective;
import io.zoetrope.train.TrainingStep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Denoising of latents, text encoder and denoiser together. Each frame has its own noise, and by
 * chance its own level ({@link TimestepSampler}); the loss is the mean squared error of the
 * network's raw prediction.
 */
public final class DiffusionObjective implements Objective {
  /**
   * How clips are cut.
   *
   * @param batch clips in a micro-batch
   * @param frames of each; 1 trains on still images
   * @param maxStride frames are 1 to so many apart, drawn for each micro-batch
   * @param captionDropout probability that a clip loses its caption, for guidance
   * @param recompute whether activations are computed again in the backward pass, to save memory
   */
  public record Cut(
      int batch, int frames, int maxStride, double captionDropout, boolean recompute) {}

  private final SpaceTimeTransformer network;
  private final TextTransformer text;
  private final PromptTokenizer tokenizer;
  private final LatentClips clips;
  private final NoiseSchedule schedule;
  private final Prediction prediction;
  private final TimestepSampler levels;
  private final Cut cut;
  private final BiConsumer<Long, Path> sampler;

  /**
   * @param sampler makes samples to look at of a step in a folder
   */
  public DiffusionObjective(
      SpaceTimeTransformer network,
      TextTransformer text,
      PromptTokenizer tokenizer,
      LatentClips clips,
      NoiseSchedule schedule,
      Prediction prediction,
      TimestepSampler levels,
      Cut cut,
      BiConsumer<Long, Path> sampler) {
    this.network = network;
    this.text = text;
    this.tokenizer = tokenizer;
    this.clips = clips;
    this.schedule = schedule;
    this.prediction = prediction;
    this.levels = levels;
    this.cut = cut;
    this.sampler = sampler;
  }

  private record Batch(Tensor x0_BCFHW, List<String> captions, Tensor times_1F) {}

  @Override
  public Tensor loss(TrainingStep step) {
    Batch batch = batch(new SplittableRandom(step.random().key("batch")));
    Tensor x0 = batch.x0_BCFHW;
    Tensor eps;
    Tensor t_BF;
    try (RandomStream noise = step.random().stream("noise");
        RandomStream level = step.random().stream("level")) {
      eps = noise.normal(Tensors.shape(x0));
      t_BF = levels.draw(level, cut.batch, cut.frames);
    }
    Levels at = schedule.levels(t_BF, x0);
    Tensor z = schedule.noisyInput(x0, eps, t_BF);
    Conditioning conditioning =
        Prompts.condition(text, tokenizer, batch.captions)
            .with(Conditioning.FRAME_TIMES, batch.times_1F.expand(cut.batch, cut.frames));
    Tensor raw =
        network.predict(
            z,
            at.timestepInput_BF().to(ScalarType.Float),
            conditioning,
            cut.recompute ? step.recompute() : Segments.PLAIN);
    return raw.sub(prediction.from(x0, eps, at)).square().mean();
  }

  private Batch batch(SplittableRandom random) {
    int stride = 1 + random.nextInt(Math.max(1, cut.maxStride));
    int span = (cut.frames - 1) * stride + 1;
    if (span > clips.frames()) {
      stride = Math.max(1, (clips.frames() - 1) / Math.max(1, cut.frames - 1));
      span = (cut.frames - 1) * stride + 1;
    }
    float[] times = new float[cut.frames];
    long[] picks = new long[cut.frames];
    List<Tensor> latents = new ArrayList<>();
    List<String> captions = new ArrayList<>();
    for (int i = 0; i < cut.batch; i++) {
      int clip = random.nextInt(clips.size());
      int first = random.nextInt(clips.frames() - span + 1);
      for (int f = 0; f < cut.frames; f++) {
        picks[f] = first + (long) f * stride;
        times[f] = f * stride;
      }
      Tensor all = clips.latents_NCFHW().select(0, clip);
      latents.add(all.index_select(1, Tensors.of(picks, picks.length)));
      captions.add(random.nextDouble() < cut.captionDropout ? "" : clips.captions().get(clip));
    }
    return new Batch(
        Tensors.stack(latents, 0).to(ScalarType.Float),
        captions,
        Tensors.of(times, 1, times.length));
  }

  @Override
  public void sample(long step, Path folder) {
    sampler.accept(step, folder);
  }
}
