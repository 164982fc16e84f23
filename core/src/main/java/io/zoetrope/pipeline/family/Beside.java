package io.zoetrope.pipeline.family;

/**
 * What a network is shown beside the noisy latents at every step, behind their channels ({@link
 * io.zoetrope.diffusion.condition.Conditioning#BESIDE}).
 */
public sealed interface Beside {
  /**
   * How many channels it has.
   *
   * @param latents channels of a latent
   */
  int channels(int latents);

  /**
   * A mask, 1 where something is to be made and 0 where the video is known, and the latents of the
   * video with the masked part grey (Rombach et al., "Latent Diffusion", 2022, section 4.5; the
   * nine channels of Stable Diffusion's inpainting checkpoints).
   */
  record Mask() implements Beside {
    @Override
    public int channels(int latents) {
      return 1 + latents;
    }
  }
}
