package io.zoetrope.pipeline.family;

import io.zoetrope.network.ControlNetwork;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.prior.ToldEmbedding;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.unet.PictureAdapter;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vision.ClipVisionModel;
import io.zoetrope.network.vision.PictureReader;
import java.util.function.Supplier;

/**
 * What a part of a model is for.
 *
 * @param <T> what such a part is, on its weights
 */
public final class Role<T> {
  /** Denoises videos. */
  public static final Role<VideoNetwork> DENOISER = new Role<>("denoiser");

  /** Denoises the frames that have little noise left, in place of the other. */
  public static final Role<LateDenoiser> LATE = new Role<>("late denoiser");

  /** Reads prompts, once its tokenizer is open: what is supplied opens it. */
  public static final Role<Supplier<PromptEncoder>> TEXT = new Role<>("text encoder");

  /** Stands beside the denoiser; there may be several. */
  public static final Role<ControlNetwork> CONTROL = new Role<>("control");

  /** Between pixels and latents. */
  public static final Role<Autoencoder> AUTOENCODER = new Role<>("autoencoder");

  /** Reads pictures that a video is to be like. */
  public static final Role<PictureReader> PICTURES = new Role<>("picture reader");

  /** How the denoiser looks at those pictures. */
  public static final Role<PictureAdapter> PICTURE_ADAPTER = new Role<>("picture adapter");

  /** Makes the embedding of a picture from a text. */
  public static final Role<Prior> PRIOR = new Role<>("prior");

  /** Reads prompts for the prior. */
  public static final Role<Supplier<PromptEncoder>> PRIOR_TEXT =
      new Role<>("text encoder of the prior");

  /** How the denoiser is told the embedding of a picture. */
  public static final Role<ToldEmbedding> EMBEDDING = new Role<>("embedding");

  /** Makes embeddings of pictures. */
  public static final Role<ClipVisionModel> EYE = new Role<>("image encoder");

  private final String name;

  private Role(String name) {
    this.name = name;
  }

  /** As people say it. */
  @Override
  public String toString() {
    return name;
  }
}
