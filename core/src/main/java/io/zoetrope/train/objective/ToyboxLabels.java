package io.zoetrope.train.objective;

import io.zoetrope.data.toybox.ToyboxObject;
import io.zoetrope.data.toybox.ToyboxScene;
import io.zoetrope.data.toybox.Traits.Background;
import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.function.Function;

/** What a classifier of the toy world is asked, and the right answers. */
public final class ToyboxLabels {
  /** Scenes have one or two objects. */
  private static final int MOST_OBJECTS = 2;

  private ToyboxLabels() {}

  /** The questions, and the labels of each in the order of their numbers. */
  public static SequencedMap<String, List<String>> heads() {
    SequencedMap<String, List<String>> heads = new LinkedHashMap<>();
    heads.put("shape", names(Shape.values()));
    heads.put("colour", names(Colour.values()));
    heads.put("motion", names(Motion.values()));
    heads.put("background", names(Background.values()));
    heads.put("count", List.of("1", "2"));
    return heads;
  }

  /**
   * The right answers: a probability for each label. Two objects share a question about objects by
   * halves.
   */
  public static SequencedMap<String, float[]> of(ToyboxScene scene) {
    SequencedMap<String, float[]> answers = new LinkedHashMap<>();
    answers.put("shape", shares(scene, ToyboxObject::shape, Shape.values().length));
    answers.put("colour", shares(scene, ToyboxObject::colour, Colour.values().length));
    answers.put("motion", shares(scene, ToyboxObject::motion, Motion.values().length));
    float[] background = new float[Background.values().length];
    background[scene.background().ordinal()] = 1;
    answers.put("background", background);
    float[] count = new float[MOST_OBJECTS];
    count[scene.objects().size() - 1] = 1;
    answers.put("count", count);
    return answers;
  }

  private static <E extends Enum<E>> float[] shares(
      ToyboxScene scene, Function<ToyboxObject, E> trait, int labels) {
    float[] shares = new float[labels];
    for (ToyboxObject object : scene.objects()) {
      shares[trait.apply(object).ordinal()] += 1f / scene.objects().size();
    }
    return shares;
  }

  private static List<String> names(Enum<?>[] values) {
    return Arrays.stream(values).map(v -> v.name().toLowerCase(Locale.ROOT)).toList();
  }
}
