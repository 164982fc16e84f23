package io.zoetrope.data.toybox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zoetrope.data.toybox.AnalyserTable.Spoil;
import io.zoetrope.data.toybox.AnalyserTable.Tally;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@link AnalyserTable} is the long form of these. */
class ToyboxAnalyserTest {
  private static final long SEED = 20_261;

  @Test
  void readsCleanClips() {
    check(new ToyboxDataset(SEED, Split.HELD_OUT), 100, new Spoil(0, 0), 0.99);
  }

  @Test
  void readsSmallAndWideClips() {
    check(new ToyboxDataset(SEED, Split.HELD_OUT, 64, 64, 16, 8), 40, new Spoil(0, 0), 0.98);
    check(new ToyboxDataset(SEED, Split.HELD_OUT, 160, 96, 8, 4), 40, new Spoil(0, 0), 0.98);
  }

  @Test
  void readsBlurredAndNoisyClips() {
    check(new ToyboxDataset(SEED, Split.HELD_OUT), 40, new Spoil(1.5, 8), 0.96);
    check(new ToyboxDataset(SEED, Split.TRAIN), 30, new Spoil(0, 0, 0.8, 0.3), 0.93);
  }

  private static void check(ToyboxDataset data, int n, Spoil spoil, double least) {
    Tally tally = AnalyserTable.tally(data, n, spoil, true);
    System.out.println("seed " + data.seed() + ": " + tally);
    assertTrue(tally.count() >= least * n, tally::toString);
    assertTrue(tally.colour() >= least * tally.n(), tally::toString);
    assertTrue(tally.shape() >= least * tally.n(), tally::toString);
    assertTrue(tally.motion() >= least * tally.n(), tally::toString);
    assertTrue(tally.speed() >= least * tally.speeds(), tally::toString);
  }

  @Test
  void anotherClipIsNotWhatWasAskedFor() {
    ToyboxDataset data = new ToyboxDataset(SEED, Split.HELD_OUT);
    int right = 0;
    for (int i = 0; i < 40; i++) {
      Analysis seen = ToyboxAnalyser.analyse(data.get(i + 100).video());
      right += Adherence.of(seen, data.scene(i)).all() ? 1 : 0;
    }
    assertTrue(right <= 2, "strangers taken for what was asked: " + right);
  }

  @Test
  void anEmptyTableHasNoToys() {
    byte[] grey = new byte[48 * 32 * 3];
    Arrays.fill(grey, (byte) 150);
    Video video = new Video(Collections.nCopies(4, new Frame(48, 32, grey)), 8);
    assertEquals(List.of(), ToyboxAnalyser.analyse(video).objects());
    Prompt prompt = Prompt.of(Colour.RED, Shape.BALL, Motion.RIGHT);
    assertEquals(
        new Adherence(false, false, false, false),
        Adherence.of(ToyboxAnalyser.analyse(video), prompt));
  }

  @Test
  void anyClipIsReadWithoutFailing() {
    Random random = new Random(SEED);
    for (int n = 0; n < 30; n++) {
      int w = 1 + random.nextInt(40);
      int h = 1 + random.nextInt(40);
      byte[][] rgb = new byte[2 + random.nextInt(3)][w * h * 3];
      for (byte[] frame : rgb) {
        random.nextBytes(frame);
      }
      List<Frame> frames = Arrays.stream(rgb).map(bytes -> new Frame(w, h, bytes)).toList();
      for (Analysis.Sighting s : ToyboxAnalyser.analyse(new Video(frames, 8)).objects()) {
        assertTrue(Double.isFinite(s.x() + s.y() + s.radius()), s::toString);
      }
    }
    Video one = new Video(List.of(new Frame(8, 8, new byte[192])), 8);
    assertThrows(UserError.class, () -> ToyboxAnalyser.analyse(one));
  }

  @Test
  void promptsAreHeldOutAndTheirClipsAdhere() {
    List<Prompt> prompts = ToyboxPrompts.heldOut(200, 5);
    assertEquals(prompts, ToyboxPrompts.heldOut(200, 5));
    assertEquals(200, prompts.size());
    assertTrue(new HashSet<>(prompts).size() >= 90);
    int right = 0;
    for (int i = 0; i < 40; i++) {
      Prompt p = prompts.get(i);
      assertEquals(Split.HELD_OUT, Split.of(p.colour(), p.shape(), p.motion()));
      for (String word : p.text().split(" ")) {
        assertTrue(ToyboxWords.vocabulary().contains(word), p::text);
      }
      ToyboxObject toy =
          SceneSampler.place(
              SceneSampler.random(9, i, 0),
              p.shape(),
              p.colour(),
              Traits.Size.MEDIUM,
              p.motion(),
              Traits.Speed.NORMAL);
      ToyboxScene scene = new ToyboxScene(List.of(toy), Traits.Background.CHECKER, i % 8);
      assertEquals(p.text(), ToyboxCaptions.canonical(scene));
      Video video = ToyboxRenderer.render(scene, 128, 128, 16, 8);
      right += Adherence.of(ToyboxAnalyser.analyse(video), p).all() ? 1 : 0;
    }
    assertTrue(right >= 39, "right: " + right);
    assertFalse(ToyboxPrompts.trained(5, 1).equals(ToyboxPrompts.heldOut(5, 1)));
  }
}
