package io.zoetrope.eval.suite;

import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.eval.features.FeatureSet;
import io.zoetrope.eval.features.FrechetDistance;
import io.zoetrope.eval.features.VideoFeatures;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.torch.Scopes;

/**
 * The distance between videos made from prompts and rendered clips that show what the same prompts
 * ask for, one for each.
 */
public final class PromptFrechet {
  private final VideoFeatures extractor;
  private final long seed;
  private final FeatureSet made = new FeatureSet();
  private final FeatureSet truth = new FeatureSet();

  /**
   * @param seed of the rendered clips
   */
  public PromptFrechet(VideoFeatures extractor, long seed) {
    this.extractor = extractor;
    this.seed = seed;
  }

  /** Adds a video, and a rendered clip of its size, length and rate beside it. */
  public void add(Prompt prompt, Video video) {
    TruthClip clip = TruthClip.of(prompt, seed, made.size());
    Video right = clip.render(video.width(), video.height(), video.frames().size(), video.fps());
    Scopes.run(() -> {
      made.add(extractor, FrameTensors.toTensor(video).unsqueeze(0));
      truth.add(extractor, FrameTensors.toTensor(right).unsqueeze(0));
    });
  }

  /** Between all so far. */
  public FrechetDistance distance() {
    return FrechetDistance.between(made, truth, seed);
  }
}
