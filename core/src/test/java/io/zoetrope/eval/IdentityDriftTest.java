package io.zoetrope.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.data.toybox.ToyboxObject;
import io.zoetrope.data.toybox.ToyboxRenderer;
import io.zoetrope.data.toybox.ToyboxScene;
import io.zoetrope.data.toybox.Traits.Background;
import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.data.toybox.Traits.Size;
import io.zoetrope.data.toybox.Traits.Speed;
import io.zoetrope.media.Video;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IdentityDriftTest {
  private static Video toy(Colour colour, Shape shape, Size size) {
    ToyboxObject toy =
        new ToyboxObject(shape, colour, size, Motion.ORBIT, Speed.NORMAL, 0.5, 0.5, 0, 0);
    return ToyboxRenderer.render(
        new ToyboxScene(List.of(toy), Background.PLAIN, 1), 128, 128, 8, 8);
  }

  @Test
  void whatStaysAndWhatChanges() {
    List<Video> windows =
        List.of(
            toy(Colour.RED, Shape.BALL, Size.MEDIUM),
            toy(Colour.RED, Shape.BALL, Size.MEDIUM),
            toy(Colour.BLUE, Shape.BALL, Size.LARGE),
            toy(Colour.RED, Shape.STAR, Size.MEDIUM));
    IdentityDrift drift =
        IdentityDrift.of(windows, Optional.of(v -> new double[] {1, v == windows.get(2) ? 1 : 0}));
    assertThat(drift.windows())
        .extracting(IdentityDrift.Window::first)
        .containsExactly(0, 8, 16, 24);
    assertThat(drift.windows())
        .extracting(IdentityDrift.Window::colour)
        .containsExactly(true, true, false, true);
    assertThat(drift.windows())
        .extracting(IdentityDrift.Window::shape)
        .containsExactly(true, true, true, false);
    assertThat(drift.windows().get(1).size()).isCloseTo(1, within(1e-9));
    assertThat(drift.windows().get(2).size()).isCloseTo(1.25, within(0.05));
    assertThat(drift.windows().get(1).features()).isCloseTo(0, within(1e-12));
    assertThat(drift.windows().get(2).features()).isCloseTo(1 - Math.sqrt(0.5), within(1e-12));
  }

  @Test
  void withoutAnExtractorThereAreNoFeatures() {
    Video one = toy(Colour.GREEN, Shape.RING, Size.SMALL);
    assertThat(IdentityDrift.of(List.of(one, one), Optional.empty()).windows().getLast().features())
        .isNaN();
  }
}
