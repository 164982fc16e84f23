package io.zoetrope.network.vae;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;

/**
 * How videos and latents correspond: people count frames and pixels, plans and networks count
 * latents.
 *
 * @param channels of a latent
 * @param space pixels on a side for each latent
 * @param time frames for each latent
 * @param causal whether the first frame has a latent of its own, so that a picture is a video of
 *     one; the others follow {@code time} to a latent
 */
public record LatentGrid(int channels, int space, int time, boolean causal) {
  public LatentGrid {
    if (channels < 1 || space < 1 || time < 1) {
      throw new IllegalArgumentException(
          "a latent has at least 1 channel, pixel and frame, not %s, %s and %s"
              .formatted(channels, space, time));
    }
  }

  /** One latent for each frame: autoencoders of pictures. */
  public static LatentGrid ofPictures(int channels, int space) {
    return new LatentGrid(channels, space, 1, false);
  }

  /**
   * Latents that so many frames become, the last of them perhaps of fewer frames than it could
   * hold.
   *
   * @param frames 0 or more
   */
  public int latents(int frames) {
    requireCount(frames);
    return causal && frames > 0 ? 1 + Math.ceilDiv(frames - 1, time) : Math.ceilDiv(frames, time);
  }

  /**
   * Frames that so many latents become.
   *
   * @param latents 0 or more
   */
  public int frames(int latents) {
    requireCount(latents);
    return causal && latents > 0
        ? Math.addExact(1, Math.multiplyExact(latents - 1, time))
        : Math.multiplyExact(latents, time);
  }

  /** Whether so many frames fill their latents. */
  public boolean fills(int frames) {
    return frames(latents(frames)) == frames;
  }

  /** So many frames, or the next more that fill their latents. */
  public int whole(int frames) {
    return frames(latents(frames));
  }

  /**
   * Latents that hold so many frames which follow others.
   *
   * @param frames 0 or more
   */
  public int following(int frames) {
    requireCount(frames);
    return Math.ceilDiv(frames, time);
  }

  /**
   * The latent in which a frame lies.
   *
   * @param frame its number, 0 or more
   */
  public long latentOf(long frame) {
    return causal ? Math.ceilDiv(frame, time) : frame / time;
  }

  /**
   * Requires frames of whole latents.
   *
   * @throws UserError if a side is no multiple of {@code space}
   */
  public void requireWhole(long height, long width) {
    if (height % space != 0 || width % space != 0) {
      throw new UserError(
          Fault.INVALID,
          "width and height must be multiples of %s, not %sx%s".formatted(space, width, height));
    }
  }

  private static void requireCount(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("a count is 0 or more, not " + count);
    }
  }

  /** As errors say it: {@code 4 channels at 1/8}, and of how many frames if not of one. */
  @Override
  public String toString() {
    String place = "%s channels at 1/%s".formatted(channels, space);
    return time == 1 ? place : place + ", a latent of %s frames".formatted(time);
  }
}
