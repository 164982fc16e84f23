package io.zoetrope.eval.motion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.data.toybox.ToyboxLook.Camera;
import io.zoetrope.data.toybox.ToyboxLook.Style;
import io.zoetrope.data.toybox.ToyboxView;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CameraMotionTest {
  private static final int CLIPS = 8;

  /** The direction is read of every clip, and the pace within a fifth. */
  @ParameterizedTest
  @EnumSource(Camera.class)
  void readsHowTheCameraMoved(Camera camera) {
    ToyboxView view =
        new ToyboxView(
            List.of(Style.PLAIN, Style.OUTLINE),
            0,
            List.of(camera),
            List.of(),
            List.of(),
            List.of(),
            0.2,
            0,
            false);
    ToyboxDataset data = new ToyboxDataset(5, Split.TRAIN, 128, 128, 8, 8, view);
    double pace = 0;
    for (int i = 0; i < CLIPS; i++) {
      CameraMotion seen = CameraMotion.of(data.get(i).video());
      assertThat(seen.nearest()).as("clip %s: %s", i, seen).isEqualTo(camera);
      pace += seen.pace(camera) / CLIPS;
    }
    assertThat(pace).isCloseTo(camera.moves() ? 1 : 0, within(0.2));
  }
}
