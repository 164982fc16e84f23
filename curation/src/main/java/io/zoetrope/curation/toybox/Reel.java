package io.zoetrope.curation.toybox;

import io.zoetrope.curation.cut.Cut;
import io.zoetrope.media.Video;
import java.util.List;

/**
 * A film of several shots, and what is known of it.
 *
 * @param video all frames
 * @param cuts where shots change, in order; who found them is nobody
 * @param shots what is between, in order
 */
public record Reel(Video video, List<Cut> cuts, List<Shot> shots) {
  public Reel {
    cuts = List.copyOf(cuts);
    shots = List.copyOf(shots);
  }

  /**
   * One shot.
   *
   * @param scene which of the toy world's scenes
   * @param mirrored whether left and right are exchanged
   * @param from its first frame that is of it alone
   * @param to the frame behind its last
   * @param still frames of it that stand still
   * @param flashes frames of it that are flashed over
   */
  public record Shot(long scene, boolean mirrored, int from, int to, int still, int flashes) {}
}
