package io.zoetrope.pipeline.cascade;

import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.data.toybox.ToyboxObject;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.media.Video;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A rendered clip of one toy, for trials.
 *
 * @param prompt what asks for it
 */
record ToyClip(Prompt prompt, Video video) {
  /** The first clips of a data set that show one toy. */
  static List<ToyClip> of(ToyboxDataset data, int count) {
    return LongStream.iterate(0, i -> i + 1)
        .filter(i -> data.scene(i).objects().size() == 1)
        .limit(count)
        .mapToObj(i -> new ToyClip(prompt(data.scene(i).objects().getFirst()), data.get(i).video()))
        .toList();
  }

  private static Prompt prompt(ToyboxObject toy) {
    return Prompt.of(toy.colour(), toy.shape(), toy.motion());
  }
}
