package io.zoetrope.pipeline.family;

import io.zoetrope.network.NetworkConfig;
import java.util.List;
import java.util.Map;

/**
 * Stable Diffusion 2.1 unCLIP in a directory of diffusers: pictures of a picture's embedding and a
 * text; with a prior, of a text alone.
 */
final class StableUnclip implements ModelFamily {
  static final String KIND = "StableUnCLIPPipeline";

  /** As the reference's pipeline guides. */
  private static final double GUIDANCE = 10;

  private static final Components COMPONENTS =
      new Components(
          Map.of(
              "unet",
              List.of("UNet2DConditionModel"),
              "vae",
              List.of("AutoencoderKL"),
              "text_encoder",
              List.of("CLIPTextModel"),
              "tokenizer",
              List.of("CLIPTokenizer", "CLIPTokenizerFast"),
              "scheduler",
              List.of(),
              EmbeddingParts.NORMALIZER,
              List.of("StableUnCLIPImageNormalizer"),
              EmbeddingParts.NOISING,
              List.of()),
          Map.of(
              EmbeddingParts.EYE,
              List.of("CLIPVisionModelWithProjection"),
              EmbeddingParts.PRIOR,
              List.of("PriorTransformer"),
              "prior_text_encoder",
              List.of("CLIPTextModelWithProjection"),
              "prior_tokenizer",
              List.of("CLIPTokenizer", "CLIPTokenizerFast"),
              "prior_scheduler",
              List.of()),
          List.of("safety_checker", "feature_extractor"));

  @Override
  public String name() {
    return KIND;
  }

  @Override
  public boolean runs(String kind) {
    return kind.equals(KIND) || kind.equals("StableUnCLIPImg2ImgPipeline");
  }

  @Override
  public boolean recognises(ModelFiles files) {
    return runs(files.kind());
  }

  @Override
  public Blueprint read(ModelFiles files, ModelChoice choice) {
    Assembly assembly = Assembly.ofDirectory(files, choice);
    DiffusersIndex index = DiffusersIndex.of(files.index());
    COMPONENTS.require(index, assembly.layout());
    NetworkConfig network = Networks.read(assembly.layout());
    return StableDiffusion.read(
            assembly, network, new Blueprint.Leftovers(COMPONENTS.unused(index), List.of()))
        .guided(KIND, GUIDANCE);
  }
}
