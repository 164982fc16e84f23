package io.zoetrope.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.studio.Format;
import io.zoetrope.studio.Models;
import io.zoetrope.studio.Summary;
import io.zoetrope.studio.Video;
import io.zoetrope.studio.Zoetrope;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pieces of code in docs/embedding.md, as they stand there; {@link PageTest} holds them
 * together.
 */
class SnippetsIT {
  @TempDir Path folder;

  @Test
  void inAndOut() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Zoetrope model = Zoetrope.open("toybox")) {
      Video video = model.generate("a red ball moves right").seed(4).steps(2).make();
      BufferedImage first = video.frame(0);
      byte[] gif = video.bytes(Format.GIF);
      model.animate(first).prompt("a red ball moves right").steps(2).to(folder.resolve("more.mp4"));
      model
          .restyle(new ByteArrayInputStream(gif), "a blue ball moves right")
          .steps(2)
          .to(out, Format.WEBM);
    }
    assertThat(folder.resolve("more.mp4")).isNotEmptyFile();
    assertThat(out.size()).isPositive();
  }

  @Test
  void cancellingAndErrors() throws Exception {
    Path file = folder.resolve("ball.mp4");
    try (Zoetrope model = Zoetrope.open("toybox");
        ExecutorService pool = Executors.newSingleThreadExecutor()) {
      Future<Summary> work = pool.submit(() -> model.generate("a red ball").to(file));
      work.cancel(true);
      assertThat(file).doesNotExist();

      model.generate("a red ball").steps(2).watch(update -> System.out.println(update)).to(file);
      assertThat(file).isNotEmptyFile();

      try {
        model.generate("a red ball").size(15, 15).to(file);
      } catch (UserError error) {
        System.out.println(error.fault() + ": " + error.getMessage());
      }
      assertThatThrownBy(() -> model.generate("a red ball").size(15, 15).to(file))
          .isInstanceOf(UserError.class)
          .hasMessageNotContaining("--");
    }
  }

  /** Needs the hub: compiled only. */
  static Path pulled() {
    Path folder = Models.pull("ORG/NAME");
    return folder;
  }
}
