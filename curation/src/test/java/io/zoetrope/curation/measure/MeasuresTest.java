package io.zoetrope.curation.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.curation.measure.Measure.About;
import io.zoetrope.curation.measure.Measure.Meter;
import io.zoetrope.curation.measure.Measure.Reading;
import io.zoetrope.curation.toybox.SpoiledClips;
import io.zoetrope.data.Clip;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasuresTest {
  private static final ToyboxDataset TOYS = new ToyboxDataset(4, Split.TRAIN, 96, 96, 16, 8);

  private static Reading reading(Measure measure, Video video, String caption) {
    Meter meter = measure.begin(new About(video.frames().size(), video.fps(), caption));
    for (int k = 0; k < video.frames().size(); k++) {
      if (meter.wants(k)) {
        meter.add(new Shot(video.frames().get(k), k, k / video.fps()));
      }
    }
    return meter.end();
  }

  private static double value(String measure, Video video) {
    return reading(Measures.of(List.of()).of(measure), video, "").value().orElseThrow();
  }

  private static Video plain(int level) {
    byte[] rgb = new byte[3 * 64 * 64];
    Arrays.fill(rgb, (byte) level);
    return new Video(Collections.nCopies(16, new Frame(64, 64, rgb)), 8);
  }

  @Test
  void whatStandsStillIsStillAndAMoverIsNot() {
    Video moving = TOYS.get(3).video();
    Video frozen = new Video(Collections.nCopies(16, moving.frames().getFirst()), 8);
    assertThat(value("still", frozen)).isEqualTo(1);
    assertThat(value("motion", frozen)).isZero();
    assertThat(value("still", moving)).isLessThan(0.2);
    assertThat(value("motion", moving)).isGreaterThan(0.2);
  }

  @Test
  void motionIsThatOfTheSecondWhateverTheRate() {
    ToyboxDataset often = new ToyboxDataset(4, Split.TRAIN, 96, 96, 48, 24);
    for (int i = 0; i < 3; i++) {
      double slow = value("motion", TOYS.get(i).video());
      assertThat(value("motion", often.get(i).video()))
          .isCloseTo(slow, org.assertj.core.data.Offset.offset(0.3 * slow + 0.3));
    }
  }

  @Test
  void blackIsBlack() {
    assertThat(value("black", plain(3))).isEqualTo(1);
    assertThat(value("black", plain(90))).isZero();
  }

  @Test
  void writingIsSeenAndToysAreNot() {
    SpoiledClips clips = new SpoiledClips(2, 128);
    int written = 0;
    for (int i = 0; i < 60; i++) {
      SpoiledClips.Spoiled one = clips.get(i);
      double seen = value("text", one.clip().video());
      written += one.written() ? 1 : 0;
      assertThat(seen > 0.02).as("%s: %s", i, seen).isEqualTo(one.written());
    }
    assertThat(written).isBetween(5, 25);
  }

  @Test
  void aCaptionThatFitsFitsBetterThanAnothers() {
    Measure fit = Measures.of(List.of()).of("toy-fit");
    double right = 0;
    double wrong = 0;
    for (int i = 0; i < 10; i++) {
      Clip clip = TOYS.get(i);
      right += reading(fit, clip.video(), clip.caption()).value().orElseThrow();
      wrong += reading(fit, clip.video(), TOYS.caption(i + 500)).value().orElse(0.0);
    }
    assertThat(right).isGreaterThan(wrong + 3);
    assertThat(reading(fit, TOYS.get(0).video(), "a day at the sea").value()).isEmpty();
  }

  @Test
  void aNetworkInAFolderIsAMeasure(@TempDir Path folder) throws Exception {
    Files.write(folder.resolve("picture.onnx"), TinyOnnx.of("GlobalAveragePool", 4, 4));
    Files.write(folder.resolve("words.onnx"), TinyOnnx.of("Identity", 2, 2));
    Path json = folder.resolve("measure.json");
    Files.writeString(
        json, "{\"name\": \"light\", \"width\": 8, \"height\": 8, \"reduce\": \"mean\"}");
    Measure light = Measures.of(List.of(folder)).of("light");
    assertThat(light.costly()).isTrue();
    assertThat(reading(light, plain(51), "").value()).contains(0.2);
    Files.writeString(
        json,
        "{\"name\": \"fit\", \"width\": 8, \"height\": 8, \"reduce\": \"cosine\", \"words\": 3}");
    Measure fit = Measures.of(List.of(folder)).of("fit");
    assertThat(reading(fit, plain(51), "zzz").value()).contains(1.0);
    assertThat(reading(fit, plain(51), "z").value().orElseThrow()).isBetween(0.57, 0.58);
    assertThat(reading(fit, plain(51), "").value()).isEqualTo(Optional.empty());
    assertThat(fit.version()).isNotEqualTo(light.version());
    Files.delete(folder.resolve("words.onnx"));
    assertThatThrownBy(() -> Measures.of(List.of(folder)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no words.onnx or words.pt");
  }
}
