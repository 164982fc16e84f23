package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.X0Denoiser;

/**
 * A denoiser that goes by what the one within said before, where that is about to say it again.
 * Whatever is within is left out together: guidance, windows, prompts. Each frame is judged by
 * itself; the one within is asked for all of them as soon as one frame asks for it.
 *
 * <p>Remembers: for one walk down a plan, on one thread. Where gradients are recorded it only
 * passes on.
 */
public interface StepCache extends X0Denoiser, AutoCloseable {
  /** The largest threshold that is taken. */
  double MOST = 3;

  /**
   * The same threshold.
   *
   * @throws IllegalArgumentException if it is not 0 to {@value #MOST}
   */
  static double requireThreshold(double threshold) {
    if (!(threshold >= 0 && threshold <= MOST)) {
      throw new IllegalArgumentException(
          "a threshold lies in [0, %s]; %s does not".formatted(MOST, threshold));
    }
    return threshold;
  }

  /** How often it was asked. */
  int calls();

  /** How often it did not ask the one within. */
  int reused();

  @Override
  default boolean remembers() {
    return true;
  }

  /** Frees what is kept. */
  @Override
  void close();
}
