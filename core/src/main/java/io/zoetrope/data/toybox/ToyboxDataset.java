package io.zoetrope.data.toybox;

import io.zoetrope.data.Clip;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Video;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Toybox clips without end, each a pure function of (seed, split, index). With one frame per clip,
 * still images of a random moment.
 *
 * @param seed of the whole data set
 * @param split which combinations of traits it shows
 * @param width pixels across
 * @param height pixels down
 * @param frames per clip; 1 gives still images
 * @param fps frames per second
 */
public record ToyboxDataset(long seed, Split split, int width, int height, int frames, double fps)
    implements ClipDataset {

  public ToyboxDataset {
    if (width < 8 || height < 8 || frames < 1 || !(fps > 0) || Double.isInfinite(fps)) {
      throw new UserError(
          Fault.INVALID,
          "a toybox clip needs at least 8x8 pixels, 1 frame and a rate above 0, not %sx%s, %s and %s"
              .formatted(width, height, frames, fps));
    }
  }

  /** The default clip: 16 frames of 128 x 128 at 8 frames per second. */
  public ToyboxDataset(long seed, Split split) {
    this(seed, split, 128, 128, 16, 8);
  }

  @Override
  public long size() {
    return Long.MAX_VALUE;
  }

  @Override
  public Clip get(long index) {
    ToyboxScene scene = scene(index);
    if (frames == 1) {
      double t = stillTime(index);
      Video still = new Video(List.of(ToyboxRenderer.renderAt(scene, width, height, t)), fps);
      return new Clip(still, caption(index));
    }
    return new Clip(ToyboxRenderer.render(scene, width, height, frames, fps), caption(index));
  }

  /** What the clip at an index shows. */
  public ToyboxScene scene(long index) {
    return ToyboxScene.sample(seed, index, split);
  }

  /** A clip is what its index says. */
  @Override
  public String print(long index) {
    return Long.toString(index);
  }

  /** The words of the clip at an index, without rendering it. */
  @Override
  public String caption(long index) {
    SplittableRandom rng = SceneSampler.random(seed, index, 1);
    ToyboxScene scene = scene(index);
    return frames == 1 ? ToyboxCaptions.still(scene, rng) : ToyboxCaptions.clip(scene, rng);
  }

  /**
   * The moment that a still image shows: any within the default clip, while nobody has faded much.
   */
  double stillTime(long index) {
    SplittableRandom rng = SceneSampler.random(seed, index, 2);
    double t = rng.nextDouble() * ToyboxScene.SECONDS;
    ToyboxScene scene = scene(index);
    for (ToyboxObject object : scene.objects()) {
      while (object.at(t).opacity() < 0.6) {
        t *= 0.7;
      }
    }
    return t;
  }
}
