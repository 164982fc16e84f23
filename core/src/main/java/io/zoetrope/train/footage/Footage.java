package io.zoetrope.train.footage;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What is learned from.
 *
 * @param clips as latents, with their captions
 * @param captions how these are told
 * @param shown what the network is shown of the clips besides
 * @param masks how much errors count at each place; none for all alike
 * @param stream of the randomness that is its own; empty for the first
 */
public record Footage(
    LatentClips clips,
    Captions captions,
    List<Showing> shown,
    Optional<Masks> masks,
    String stream) {
  /** How much errors count at each place. */
  @FunctionalInterface
  public interface Masks {
    /**
     * Of a cut, [1, F, H, W], 0 to 1, of the pixels of the clip.
     *
     * @throws io.zoetrope.error.UserError if there is no mask of it
     */
    Tensor of(ClipCut cut);
  }

  public Footage {
    shown = List.copyOf(shown);
  }

  /** Clips and their captions, as they are. */
  public static Footage of(LatentClips clips) {
    return new Footage(clips, Captions.PLAIN, List.of(), Optional.empty(), "");
  }
}
