package io.zoetrope.train.method;

import io.zoetrope.error.UserError;
import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;
import io.zoetrope.train.footage.ClipOdds.Emphasis;
import java.util.List;
import java.util.Optional;

/**
 * Which clips a diffusion network learns from, and how much of each: keys that methods have in
 * common.
 *
 * @param clips how many clips of the data are encoded ahead and learned from
 * @param emphasis clips that are drawn more often than others, by their captions
 * @param cut frames of a clip that are learned at a time; 1 for still images, 0 for all
 * @param maxStride frames of a cut are 1 to so many apart
 * @param images single frames of other clips that are learned beside each clip
 * @param captionDropout probability that a caption is left away, for guidance
 */
public record ClipsBlock(
    @Default("4096") int clips,
    @Default("[]") List<Emphasis> emphasis,
    @Default("0") int cut,
    @Default("1") int maxStride,
    @Default("0") int images,
    @Default("0.1") double captionDropout) {
  public ClipsBlock {
    emphasis = List.copyOf(emphasis);
    Limits.USUAL.real("captionDropout", 0, 1, captionDropout);
    if (images < 0 || images > 64) {
      throw new UserError("images must be 0 to 64, is " + images);
    }
    if (clips < 1 || cut < 0 || maxStride < 1 || maxStride > 1000) {
      throw new UserError(
          "clips must be at least 1, maxStride 1 to 1000 and cut at least 0, are %s, %s and %s"
              .formatted(clips, maxStride, cut));
    }
  }

  /**
   * Frames of a cut.
   *
   * @param frames of a clip
   */
  int cutOf(int frames) {
    if (cut > frames) {
      throw new UserError(
          "objective.cut is %s, but clips have only %s frames".formatted(cut, frames));
    }
    return cut == 0 ? frames : cut;
  }

  /**
   * What is to be said of clips that are too short for some strides; empty if none is.
   *
   * @param frames of a clip
   */
  Optional<String> shortened(int frames) {
    int taken = cutOf(frames);
    if (taken < 2 || (taken - 1) * maxStride + 1 <= frames) {
      return Optional.empty();
    }
    return Optional.of(
        "%s frames that are %s apart do not fit into clips of %s: they are at most %s apart"
            .formatted(taken, maxStride, frames, (frames - 1) / (taken - 1)));
  }
}
