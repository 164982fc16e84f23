package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoReader;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An order that begins with the source's own noise. */
class InvertOrderTest {
  @TempDir private Path folder;

  @BeforeEach
  void furnish() {
    TinyModel.write(folder.resolve("model"));
    List<Frame> frames =
        IntStream.range(0, 4)
            .mapToObj(f -> {
              byte[] rgb = new byte[16 * 16 * 3];
              for (int i = 0; i < rgb.length; i++) {
                rgb[i] = (byte) (i * 7 + 20 * f);
              }
              return new Frame(16, 16, rgb);
            })
            .toList();
    VideoWriter.write(folder.resolve("source"), new Video(frames, 8));
  }

  private Made make(VideoOrder order, String out) {
    return Studio.make(order, Sources.in(folder), FileSink.of(folder.resolve(out)), Progress.NONE);
  }

  private VideoOrder order(String more) {
    return VideoOrder.parse(
        "order",
        """
        {"task": {"kind": "restyle", "video": {"path": "source"}, "strength": 1.0,
                  "invert": {"passes": 1}},
         "wish": {"prompts": ["a red ball"], "seed": 3, "steps": 4%s}, "model": {"name": "model"}}
        """
            .formatted(more));
  }

  @Test
  void anotherSamplerThanTheModelsIsSaid() throws IOException {
    assertThat(make(order(""), "plain.gif").notes()).noneMatch(note -> note.contains("taken back"));
    Path index = folder.resolve("model/model_index.json");
    Files.writeString(
        index,
        Files.readString(index).replaceFirst("(\"sampler\"\\s*:\\s*)\"[^\"]+\"", "$1\"heun\""));
    assertThat(make(order(""), "other.gif").notes())
        .contains(
            "sampled by ddim: the steps of heun, the model's own sampler, cannot be taken back");
    assertThat(make(order(", \"sampler\": \"euler\""), "told.gif").notes())
        .noneMatch(note -> note.contains("taken back"));
  }

  @Test
  void whatAFileRemembersMakesTheSameFramesAgain() {
    make(order(""), "first.gif");
    VideoOrder again = Remembered.read(folder.resolve("first.gif")).orElseThrow().order();
    make(again, "second.gif");
    assertThat(bytes("second.gif")).isDeepEqualTo(bytes("first.gif"));
  }

  private byte[][] bytes(String file) {
    return VideoReader.read(folder.resolve(file)).frames().stream()
        .map(Frame::rgb)
        .toArray(byte[][]::new);
  }
}
