package io.zoetrope.train.footage;

import java.util.List;

/**
 * What is learned from.
 *
 * @param clips as latents, with their captions
 * @param captions how these are told
 * @param shown what the network is shown of the clips besides
 * @param stream of the randomness that is its own; empty for the first
 */
public record Footage(LatentClips clips, Captions captions, List<Showing> shown, String stream) {
  public Footage {
    shown = List.copyOf(shown);
  }

  /** Clips and their captions, as they are. */
  public static Footage of(LatentClips clips) {
    return new Footage(clips, Captions.PLAIN, List.of(), "");
  }
}
