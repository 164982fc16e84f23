package io.zoetrope.pipeline.model;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.prior.ToldEmbedding;
import io.zoetrope.network.vision.ClipVisionModel;
import io.zoetrope.torch.Scopes;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * The embeddings that a decoder is told: of pictures, or of texts by its prior.
 *
 * @param told how it is told them
 * @param eye makes them of pictures; empty if nothing does
 * @param prior makes them of texts; empty if nothing does
 */
public record Embeddings(
    ToldEmbedding told, Optional<ClipVisionModel> eye, Optional<TextPrior> prior) {
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
      Noise noise = TextPrior.noise(seeds);
      return told(prior.orElseThrow().ofTexts(prompts, TextPrior.USUAL, noise), noise);
    });
  }
}
