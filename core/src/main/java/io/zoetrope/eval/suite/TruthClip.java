package io.zoetrope.eval.suite;

import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxObject;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.data.toybox.ToyboxRenderer;
import io.zoetrope.data.toybox.ToyboxScene;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.media.Video;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A rendered clip of one toy: what a generated one is measured against.
 *
 * @param scene what is rendered
 * @param prompt that asks for it
 */
record TruthClip(ToyboxScene scene, Prompt prompt) {
  private static final long STRIDE = 1L << 32;

  /** Clips whose toy does one of these motions, the first ones of the seed. */
  static List<TruthClip> of(int count, long seed, Split split, Set<Motion> motions) {
    List<TruthClip> clips = new ArrayList<>();
    for (long index = 0; clips.size() < count; index++) {
      ToyboxScene scene = ToyboxScene.sample(seed, index, split);
      if (scene.objects().size() == 1 && motions.contains(toy(scene).motion())) {
        clips.add(new TruthClip(scene, promptOf(scene)));
      }
    }
    return clips;
  }

  /** A clip that shows what a prompt asks for. */
  static TruthClip of(Prompt prompt, long seed, int number) {
    Split split = Split.of(prompt.colour(), prompt.shape(), prompt.motion());
    Predicate<ToyboxObject> right =
        o ->
            o.colour() == prompt.colour()
                && o.shape() == prompt.shape()
                && o.motion() == prompt.motion();
    for (long index = number * STRIDE; ; index++) {
      ToyboxScene scene = ToyboxScene.sample(seed, index, split);
      if (scene.objects().size() == 1 && right.test(toy(scene))) {
        return new TruthClip(scene, prompt);
      }
    }
  }

  private static Prompt promptOf(ToyboxScene scene) {
    ToyboxObject toy = toy(scene);
    return Prompt.of(toy.colour(), toy.shape(), toy.motion());
  }

  private static ToyboxObject toy(ToyboxScene scene) {
    return scene.objects().getFirst();
  }

  Video render(int width, int height, int frames, double fps) {
    return ToyboxRenderer.render(scene, width, height, frames, fps);
  }
}
