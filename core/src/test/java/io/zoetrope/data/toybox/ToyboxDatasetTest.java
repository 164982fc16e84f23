package io.zoetrope.data.toybox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zoetrope.data.Clip;
import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ToyboxDatasetTest {
  @Test
  void sameIndexSameBytesFromAnyThread() {
    ToyboxDataset data = new ToyboxDataset(7, Split.TRAIN, 48, 32, 5, 8);
    List<Clip> alone = IntStream.range(0, 40).mapToObj(data::get).toList();
    ToyboxDataset again = new ToyboxDataset(7, Split.TRAIN, 48, 32, 5, 8);
    List<Clip> together = IntStream.range(0, 40).parallel().mapToObj(again::get).toList();
    for (int i = 0; i < 40; i++) {
      assertEquals(alone.get(i).caption(), together.get(i).caption());
      for (int k = 0; k < 5; k++) {
        assertArrayEquals(
            alone.get(i).video().frames().get(k).rgb(),
            together.get(i).video().frames().get(k).rgb());
      }
    }
  }

  @Test
  void otherSeedsAndIndicesDiffer() {
    Set<ToyboxScene> scenes = new HashSet<>();
    for (int seed = 0; seed < 20; seed++) {
      for (int i = 0; i < 50; i++) {
        scenes.add(new ToyboxDataset(seed, Split.TRAIN).scene(i));
      }
    }
    assertEquals(1000, scenes.size());
  }

  @Test
  void whatIsHeldOutIsNeverTrainedOn() {
    for (Split split : Split.values()) {
      ToyboxDataset data = new ToyboxDataset(3, split);
      for (int i = 0; i < 3000; i++) {
        for (ToyboxObject object : data.scene(i).objects()) {
          assertEquals(split, Split.of(object));
        }
      }
    }
    List<String> heldOut = new ArrayList<>();
    for (Colour colour : Colour.values()) {
      for (Shape shape : Shape.values()) {
        for (Motion motion : Motion.values()) {
          if (Split.of(colour, shape, motion) == Split.HELD_OUT) {
            heldOut.add(colour + " " + shape + " " + motion);
          }
        }
      }
    }
    assertEquals(960 * 0.12, heldOut.size(), 25);
    assertEquals(Split.TRAIN, Split.of(Colour.RED, Shape.BALL, Motion.RIGHT));
  }

  @Test
  void captionsKeepToTheVocabulary() {
    Set<String> vocabulary = ToyboxWords.vocabulary();
    assertTrue(vocabulary.size() <= 250, () -> "words: " + vocabulary.size());
    Set<String> seen = new HashSet<>();
    for (int frames : new int[] {1, 16}) {
      ToyboxDataset data = new ToyboxDataset(11, Split.TRAIN, 128, 128, frames, 8);
      for (int i = 0; i < 20_000; i++) {
        String caption = data.caption(i);
        assertFalse(caption.contains("  ") || caption.startsWith(" ") || caption.endsWith(" "));
        seen.addAll(List.of(caption.split(" ")));
      }
    }
    assertEquals(vocabulary, seen);
  }

  @Test
  void theCanonicalFormIsCommon() {
    ToyboxDataset data = new ToyboxDataset(5, Split.TRAIN);
    long canonical =
        IntStream.range(0, 2000)
            .filter(i -> data.caption(i).equals(ToyboxCaptions.canonical(data.scene(i))))
            .count();
    assertTrue(canonical > 500, () -> canonical + " of 2000");
  }

  @Test
  void everybodyStaysInTheFrameAndInSight() {
    ToyboxDataset data = new ToyboxDataset(13, Split.TRAIN);
    for (int i = 0; i < 2000; i++) {
      for (ToyboxObject object : data.scene(i).objects()) {
        for (int k = 0; k < 16; k++) {
          ToyboxObject.Pose pose = object.at(k / 8.0);
          double r = pose.radius();
          assertTrue(pose.x() - r >= -1e-9 && pose.x() + r <= 1 + 1e-9, object::toString);
          assertTrue(pose.y() - r >= -1e-9 && pose.y() + r <= 1 + 1e-9, object::toString);
        }
      }
    }
  }

  @Test
  void aStillIsAFrameOfItsScene() {
    ToyboxDataset data = new ToyboxDataset(17, Split.TRAIN, 64, 64, 1, 8);
    for (int i = 0; i < 50; i++) {
      Clip clip = data.get(i);
      assertEquals(1, clip.video().frames().size());
      assertArrayEquals(
          ToyboxRenderer.renderAt(data.scene(i), 64, 64, data.stillTime(i)).rgb(),
          clip.video().frames().getFirst().rgb());
    }
  }

  @Test
  void impossibleSizesAreRefused() {
    assertThrows(UserError.class, () -> new ToyboxDataset(1, Split.TRAIN, 4, 128, 16, 8));
    assertThrows(UserError.class, () -> new ToyboxDataset(1, Split.TRAIN, 128, 128, 0, 8));
    assertThrows(
        UserError.class, () -> new ToyboxDataset(1, Split.TRAIN, 128, 128, 16, Double.NaN));
  }
}
