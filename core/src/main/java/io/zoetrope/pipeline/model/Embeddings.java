package io.zoetrope.pipeline.model;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.ClassifierFreeGuidance;
import io.zoetrope.diffusion.guidance.PromptBlend;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.prior.ToldEmbedding;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.vision.ClipVisionModel;
import io.zoetrope.pipeline.family.Prior;
import io.zoetrope.pipeline.schedule.Sampling;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * The embeddings that a decoder is told: of pictures, or of texts by its prior.
 *
 * @param told how it is told them
 * @param eye makes them of pictures; empty if nothing does
 * @param prior makes them of texts; empty if nothing does
 * @param words reads texts for the prior
 */
public record Embeddings(
    ToldEmbedding told,
    Optional<ClipVisionModel> eye,
    Optional<Prior> prior,
    Optional<PromptEncoder> words) {
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

  /**
   * Embeddings of texts.
   *
   * @param prompts one for each clip
   * @param noise of as many clips; each candidate has a child of its own but the first
   * @return [B, E], as of pictures
   */
  public Tensor ofTexts(List<String> prompts, Settings settings, Noise noise) {
    Prior made = prior.orElseThrow();
    Conditioning texts = words.orElseThrow().condition(prompts);
    int count = made.shared() ? settings.candidates() : 1;
    List<Tensor> drawn = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Noise own = i == 0 ? noise : noise.child("candidate", i);
      drawn.add(sampled(made, texts, prompts.size(), settings, own));
    }
    return count == 1 ? drawn.getFirst() : nearest(texts, drawn);
  }

  private Tensor sampled(
      Prior made, Conditioning texts, int clips, Settings settings, Noise noise) {
    Sampling sampling = made.scheduling().sampling(made.sampler(), settings.steps());
    X0Denoiser network =
        X0Denoiser.of(made.network(), sampling.schedule(), made.scheduling().toPrediction());
    Conditioning nothing = words.orElseThrow().condition(Collections.nCopies(clips, ""));
    X0Denoiser guided =
        PromptBlend.of(new ClassifierFreeGuidance(network, nothing, settings.guidance()), texts);
    TimestepPlan plan = TimestepPlan.uniform(sampling.levels(), 1);
    Tensor none = Tensors.zeros(clips, made.network().config().embedding(), 1, 1, 1);
    Tensor start = SamplerLoop.start(plan, sampling.schedule(), none, noise);
    Tensor x = new SamplerLoop(sampling.sampler(), guided).run(plan, start, noise, Progress.NONE);
    return made.network().restored(x.flatten(1, 4));
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

  /**
   * Embeddings of pictures.
   *
   * @param x_P3HW of the side that its eye sees, values 0..1
   * @return [P, E]
   */
  public Tensor ofPictures(Tensor x_P3HW) {
    return eye.orElseThrow().encode(ClipVisionModel.normalised(x_P3HW)).embedded_BE();
  }

  /**
   * What a decoder is told of embeddings: as little noised as it knows.
   *
   * @param noise of as many clips
   */
  public Conditioning told(Tensor embedding_BE, Noise noise) {
    Tensor like = embedding_BE.unsqueeze(2).unsqueeze(3).unsqueeze(4);
    Tensor eps = noise.normal("told", 0, like).flatten(1, 4);
    return Conditioning.none().with(PictureSlots.EMBEDDING, told.told(embedding_BE, 0, eps));
  }

  /** What it tells of prompts, without gradients. */
  public Conditioning ofPrompts(List<String> prompts, List<Long> seeds) {
    return Scopes.noGrad(() -> {
      Noise noise = noise(seeds);
      return told(ofTexts(prompts, USUAL, noise), noise);
    });
  }
}
