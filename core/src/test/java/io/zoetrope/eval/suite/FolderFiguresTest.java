package io.zoetrope.eval.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.data.toybox.ToyboxPrompts;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.error.UserError;
import io.zoetrope.eval.Reference;
import io.zoetrope.eval.features.TorchScriptFeatures;
import io.zoetrope.eval.features.VideoFeatures;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderFiguresTest {
  @TempDir private Path folder;

  private final List<String> seen = new ArrayList<>();

  private final Bench.Watcher watcher =
      new Bench.Watcher() {
        @Override
        public void update(io.zoetrope.progress.Report report) {
          seen.add(report.done() + "/" + report.total() + " " + report.words());
        }

        @Override
        public void made(String caption, Video video) {}
      };

  /** Lossless clips of two toys; one has a caption that says what it shows. */
  @BeforeEach
  void furnish() throws IOException {
    for (String name : List.of("a", "b")) {
      Path into = Files.createDirectory(folder.resolve(name));
      List<Prompt> prompts = ToyboxPrompts.trained(2, 1);
      for (int i = 0; i < 2; i++) {
        Video clip = TruthClip.of(prompts.get(i), 5, i).render(128, 128, 17, 8);
        VideoWriter.write(into.resolve(i + ".gif"), clip);
      }
      Files.writeString(into.resolve("0.txt"), prompts.getFirst().text());
    }
  }

  @Test
  void equalFoldersHaveTheBestFigures() {
    FolderFigures figures =
        new FolderFigures(folder.resolve("a"), Optional.of(folder.resolve("b")), List.of(8));
    try (VideoFeatures extractor = TorchScriptFeatures.load(Reference.file("plain.pt"))) {
      Report report = figures.run(Optional.of(extractor), watcher);
      assertThat(seen).containsExactly("1/4 0", "2/4 1", "3/4 0", "4/4 1");
      assertThat(mean(report, "psnr_db")).isEqualTo(100);
      assertThat(mean(report, "ssim")).isBetween(0.999999, 1.000001);
      assertThat(report.fields())
          .containsKeys(
              "flicker_levels",
              "motion_pixels_per_frame",
              "motion_pixels_per_second",
              "pixels_2nd_difference");
      assertThat(of(report, "frechet").get("n")).isEqualTo(2);
      assertThat(number(report, "frechet", "distance")).isLessThan(1e-9);
      // One of the two has a caption.
      assertThat(of(report, "all_right").get("of")).isEqualTo(1);
    }
  }

  @Test
  void aReferenceOfAnotherSizeIsNamed() {
    ToyboxDataset data = new ToyboxDataset(0, Split.TRAIN, 64, 64, 4, 8);
    Path other = folder.resolve("c");
    other.toFile().mkdir();
    VideoWriter.write(other.resolve("1.mp4"), data.get(0).video());
    FolderFigures figures = new FolderFigures(folder.resolve("a"), Optional.of(other), List.of());
    assertThatThrownBy(() -> figures.run(Optional.empty(), watcher))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("128x128")
        .hasMessageContaining("64x64");
  }

  @Test
  void canonicalCaptionsAreRead() {
    for (Prompt prompt : ToyboxPrompts.trained(40, 2)) {
      assertThat(ToyboxPrompts.parse(prompt.text())).contains(prompt);
    }
    assertThat(ToyboxPrompts.parse("a red ball")).isEmpty();
    assertThat(ToyboxPrompts.parse("a dog runs")).isEmpty();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> of(Report report, String name) {
    Object value = report.fields().get(name);
    assertThat(value).as(name).isInstanceOf(Map.class);
    return (Map<String, Object>) Objects.requireNonNull(value);
  }

  private static double mean(Report report, String name) {
    return number(report, name, "mean");
  }

  private static double number(Report report, String name, String figure) {
    return (double) Objects.requireNonNull(of(report, name).get(figure));
  }
}
