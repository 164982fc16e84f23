package io.zoetrope.pipeline.model;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.ClassifierFreeGuidance;
import io.zoetrope.diffusion.guidance.PromptBlend;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.pipeline.family.Prior;
import io.zoetrope.pipeline.schedule.Sampling;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Makes the embeddings of pictures from texts (Ramesh et al., "Hierarchical Text-Conditional Image
 * Generation with CLIP Latents", 2022, section 2.2).
 *
 * @param prior makes them
 * @param words reads texts for it
 */
public record TextPrior(Prior prior, PromptEncoder words) {
  /** How priors are sampled (Karlo; Kandinsky's guidance). */
  public static final Settings USUAL = new Settings(25, 4, 2);

  /**
   * How a prior is sampled.
   *
   * @param steps at least 1
   * @param guidance 1 is off
   * @param candidates of which that is kept which is nearest to the text, where texts and pictures
   *     share a space (Ramesh et al. 2022, section 2.2); elsewhere one is drawn
   */
  public record Settings(int steps, double guidance, int candidates) {}

  /** One seed's noise for each of some clips, of a use of its own. */
  public static Noise noise(List<Long> seeds) {
    return new Noise(
        seeds.stream().map(seed -> new RandomStreams(seed).child("embedding")).toList(), 0);
  }

  /** As {@link #ofTexts(List, Settings, Noise, Progress)}, telling nobody. */
  public Tensor ofTexts(List<String> prompts, Settings settings, Noise noise) {
    return ofTexts(prompts, settings, noise, Progress.NONE);
  }

  /**
   * Embeddings of texts.
   *
   * @param prompts one for each clip
   * @param noise of as many clips; each candidate has a child of its own but the first
   * @param progress told of the steps of all candidates; may cancel
   * @return [B, E], as of pictures
   */
  public Tensor ofTexts(List<String> prompts, Settings settings, Noise noise, Progress progress) {
    Conditioning texts = words.condition(prompts);
    int count = candidates(settings);
    List<Tensor> drawn = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Noise own = i == 0 ? noise : noise.child("candidate", i);
      long steps = settings.steps();
      Progress part = progress.part(Phase.SAMPLE, i * steps, steps, count * steps);
      drawn.add(sampled(texts, prompts.size(), settings, own, part));
    }
    return count == 1 ? drawn.getFirst() : nearest(texts, drawn);
  }

  private int candidates(Settings settings) {
    return prior.shared() ? settings.candidates() : 1;
  }

  private Tensor sampled(
      Conditioning texts, int clips, Settings settings, Noise noise, Progress progress) {
    Sampling sampling = prior.scheduling().sampling(prior.sampler(), settings.steps());
    X0Denoiser network =
        X0Denoiser.of(prior.network(), sampling.schedule(), prior.scheduling().toPrediction());
    Conditioning nothing = words.condition(Collections.nCopies(clips, ""));
    X0Denoiser guided =
        PromptBlend.of(new ClassifierFreeGuidance(network, nothing, settings.guidance()), texts);
    TimestepPlan plan = TimestepPlan.uniform(sampling.levels(), 1);
    Tensor none = Tensors.zeros(clips, prior.network().config().embedding(), 1, 1, 1);
    Tensor start = SamplerLoop.start(plan, sampling.schedule(), none, noise);
    Tensor x = new SamplerLoop(sampling.sampler(), guided).run(plan, start, noise, progress);
    return prior.network().restored(x.flatten(1, 4));
  }

  /** For each text the candidate whose product with its embedding is the largest. */
  private static Tensor nearest(Conditioning texts, List<Tensor> drawn) {
    Tensor whole_BE = texts.get(Conditioning.POOLED).orElseThrow().squeeze(1);
    Tensor all_NBE = Tensors.stack(drawn, 0);
    float[] near = Tensors.toFloats(all_NBE.mul(whole_BE).sum(2));
    int clips = Math.toIntExact(whole_BE.size(0));
    List<Tensor> kept = new ArrayList<>();
    for (int b = 0; b < clips; b++) {
      int best = 0;
      for (int i = 1; i < drawn.size(); i++) {
        best = near[i * clips + b] > near[best * clips + b] ? i : best;
      }
      kept.add(drawn.get(best).narrow(0, b, 1));
    }
    return Tensors.cat(kept, 0);
  }
}
