package io.zoetrope.data.toybox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.data.toybox.ToyboxLook.Camera;
import io.zoetrope.data.toybox.ToyboxLook.Style;
import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ToyboxLookTest {
  private static ToyboxDataset shown(Style style, double watermark, Camera camera) {
    ToyboxView view =
        new ToyboxView(
            List.of(style),
            watermark,
            List.of(camera),
            List.of(),
            List.of(),
            List.of(),
            0,
            0,
            true);
    return new ToyboxDataset(9, Split.TRAIN, 128, 128, 12, 8, view);
  }

  @Test
  void thePlainLookIsAsItWas() {
    ToyboxDataset plain = new ToyboxDataset(4, Split.TRAIN, 64, 48, 3, 8);
    for (int i = 0; i < 20; i++) {
      ToyboxScene scene = ToyboxScene.sample(4, i, Split.TRAIN);
      assertThat(plain.scene(i)).isEqualTo(scene);
      assertThat(plain.look(i)).isEqualTo(ToyboxLook.PLAIN);
      List<Frame> frames = plain.get(i).video().frames();
      for (int k = 0; k < 3; k++) {
        assertThat(frames.get(k).rgb())
            .isEqualTo(ToyboxRenderer.renderAt(scene, 64, 48, k / 8.0).rgb());
      }
    }
  }

  /** What a look is judged by reads it: colour and shape in 19 of 20 clips. */
  @ParameterizedTest
  @EnumSource(Style.class)
  void everyStyleIsReadBack(Style style) {
    int colours = 0;
    int shapes = 0;
    for (double watermark : new double[] {0, 1}) {
      ToyboxDataset data = shown(style, watermark, Camera.STILL);
      for (int i = 0; i < 20; i++) {
        Adherence read = Adherence.of(ToyboxAnalyser.analyse(data.get(i).video()), data.scene(i));
        colours += read.colour() ? 1 : 0;
        shapes += read.shape() ? 1 : 0;
      }
    }
    assertThat(colours).isGreaterThanOrEqualTo(38);
    assertThat(shapes).isGreaterThanOrEqualTo(38);
  }

  @ParameterizedTest
  @EnumSource(Style.class)
  void stylesDiffer(Style style) {
    byte[] plain = shown(Style.PLAIN, 0, Camera.STILL).get(0).video().frames().getFirst().rgb();
    byte[] styled = shown(style, 0, Camera.STILL).get(0).video().frames().getFirst().rgb();
    if (style == Style.PLAIN) {
      assertThat(styled).isEqualTo(plain);
    } else {
      assertThat(styled).isNotEqualTo(plain);
    }
  }

  /** The mean difference that its signs make is found by their own pattern. */
  @Test
  void aWatermarkIsFoundByItsPattern() {
    for (Style style : Style.values()) {
      double with = Watermark.energy(shown(style, 1, Camera.STILL).get(3).video());
      double without = Watermark.energy(shown(style, 0, Camera.STILL).get(3).video());
      assertThat(without).as(style.name()).isBetween(-0.15, 0.15);
      assertThat(with).as(style.name()).isBetween(0.8, 1.2);
    }
  }

  @Test
  void captionsTellALookWhereAsked() {
    ToyboxDataset told = shown(Style.NIGHT, 0, Camera.PAN_LEFT);
    assertThat(told.caption(0)).endsWith(" at night while the camera pans left");
    assertThat(shown(Style.PLAIN, 1, Camera.STILL).caption(0)).doesNotContain("camera");
    for (String word : told.caption(0).split(" ")) {
      assertThat(ToyboxWords.wideVocabulary()).contains(word);
    }
    assertThat(ToyboxWords.vocabulary()).doesNotContain("camera", "night", "zog");
  }

  @Test
  void aViewShowsWhatItNames() {
    ToyboxView view =
        new ToyboxView(
            List.of(Style.PASTEL, Style.NIGHT),
            0.5,
            List.of(Camera.STILL, Camera.ROLL),
            List.of(Colour.RED, Colour.BLUE),
            List.of(Shape.RING),
            List.of(Motion.UP, Motion.GROW),
            0,
            0.5,
            false);
    ToyboxDataset data = new ToyboxDataset(2, Split.TRAIN, 32, 32, 1, 8, view);
    int marked = 0;
    int beginnings = 0;
    for (int i = 0; i < 400; i++) {
      ToyboxObject toy = data.scene(i).objects().getFirst();
      assertThat(data.scene(i).objects()).hasSize(1);
      assertThat(toy.shape()).isEqualTo(Shape.RING);
      assertThat(toy.motion()).isIn(Motion.UP, Motion.GROW);
      assertThat(data.look(i).style()).isIn(Style.PASTEL, Style.NIGHT);
      marked += data.look(i).watermark() ? 1 : 0;
      beginnings += data.stillTime(i) == 0 ? 1 : 0;
    }
    assertThat(marked).isBetween(160, 240);
    assertThat(beginnings).isBetween(160, 240);
  }

  @Test
  void whatNoSceneCanBeIsRefused() {
    assertThatThrownBy(() ->
            new ToyboxView(
                List.of(), 0, List.of(Camera.STILL), List.of(), List.of(), List.of(), 0, 0, false))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("styles and cameras");
    assertThatThrownBy(() -> shown(Style.PLAIN, 1.5, Camera.STILL))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("0 to 1");
    ToyboxView one =
        new ToyboxView(
            List.of(Style.PLAIN),
            0,
            List.of(Camera.STILL),
            List.of(Colour.RED),
            List.of(Shape.BALL),
            List.of(Motion.UP),
            0,
            0,
            false);
    Split other =
        Split.of(Colour.RED, Shape.BALL, Motion.UP) == Split.TRAIN ? Split.HELD_OUT : Split.TRAIN;
    assertThatThrownBy(() -> new ToyboxDataset(1, other, 64, 64, 1, 8, one))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("go together");
  }
}
