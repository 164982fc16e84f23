package io.zoetrope.data.toybox;

import io.zoetrope.data.Clip;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import java.util.ArrayList;
import java.util.Arrays;
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
 * @param view which part of the world, in which looks
 */
public record ToyboxDataset(
    long seed, Split split, int width, int height, int frames, double fps, ToyboxView view)
    implements ClipDataset {
  /** The purpose of the numbers that looks are drawn by. */
  private static final int LOOKS = 4;

  private static final int BEGINNINGS = 5;

  public ToyboxDataset {
    if (width < 8 || height < 8 || frames < 1 || !(fps > 0) || Double.isInfinite(fps)) {
      throw new UserError(
          Fault.INVALID,
          "a toybox clip needs at least 8x8 pixels, 1 frame and a rate above 0, not %sx%s, %s and %s"
              .formatted(width, height, frames, fps));
    }
    view.requireSome(split);
  }

  /** All of the world in its plain look. */
  public ToyboxDataset(long seed, Split split, int width, int height, int frames, double fps) {
    this(seed, split, width, height, frames, fps, ToyboxView.ALL);
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
      Video still =
          new Video(List.of(ToyboxRenderer.renderAt(scene, look(index), width, height, t)), fps);
      return new Clip(still, caption(index));
    }
    return new Clip(
        ToyboxRenderer.render(scene, look(index), width, height, frames, fps), caption(index));
  }

  /** How the clip at an index is filmed. */
  public ToyboxLook look(long index) {
    return view.look(SceneSampler.random(seed, index, LOOKS));
  }

  /** What the clip at an index shows. */
  public ToyboxScene scene(long index) {
    return SceneSampler.sample(SceneSampler.random(seed, index, 0), split, view);
  }

  /** Of clips; a still image is of a moment that no truth is rendered for. */
  @Override
  public Video truth(long index, Truth what) {
    if (frames == 1) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "the truth of the toy world is that of clips",
          "say frames: 2 or more in data, and cut: 1 to learn from single frames");
    }
    if (look(index).camera() != ToyboxLook.Camera.STILL) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "the truth of the toy world is that of a camera that stands still",
          "say cameras: [still]");
    }
    ToyboxTruth truth = ToyboxTruth.render(scene(index), width, height, frames, fps);
    List<Frame> drawn = new ArrayList<>();
    for (int k = 0; k < frames; k++) {
      List<Integer> order = truth.depth().get(k);
      byte[] rgb = new byte[3 * width * height];
      for (int at = 0; at < width * height; at++) {
        int light = 0;
        for (int near = 0; near < order.size(); near++) {
          int cover = truth.masks().get(order.get(near))[k][at] & 255;
          light += what == Truth.MASK ? cover : cover * (near + 1) / order.size();
        }
        Arrays.fill(rgb, 3 * at, 3 * at + 3, (byte) Math.min(255, light));
      }
      drawn.add(new Frame(width, height, rgb));
    }
    return new Video(drawn, fps);
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
    boolean still = frames == 1 && !begins(index);
    String words = still ? ToyboxCaptions.still(scene, rng) : ToyboxCaptions.clip(scene, rng);
    return view.caption(words, look(index));
  }

  /** Whether a still image shows the beginning. */
  private boolean begins(long index) {
    return view.beginnings() > 0
        && SceneSampler.random(seed, index, BEGINNINGS).nextDouble() < view.beginnings();
  }

  /**
   * The moment that a still image shows: any within the default clip, while nobody has faded much.
   */
  double stillTime(long index) {
    if (begins(index)) {
      return 0;
    }
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
