package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoReader;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.pipeline.TinyControl;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pixels.Canny;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Controls that are shown what is drawn of a source. */
class DrawnControlTest {
  private static final int SIDE = 32;

  @TempDir private Path folder;

  @BeforeEach
  void furnish() throws IOException {
    try (Parity canny = Parity.of("control/canny")) {
      TinyControl.write(folder.resolve("my-canny"), canny.folder().resolve("config.json"));
      TinyControl.write(folder.resolve("secret"), canny.folder().resolve("config.json"));
    }
    List<Frame> frames = IntStream.range(0, 6).mapToObj(DrawnControlTest::square).toList();
    VideoWriter.write(folder.resolve("source"), new Video(frames, 8));
    Video later = new Video(frames.subList(2, 6), 8);
    VideoWriter.write(
        folder.resolve("edges"),
        Scopes.value(() -> {
          Tensor x_F3HW = Ops.mul(Ops.add(FrameTensors.toTensor(later), 1), 0.5).transpose(0, 1);
          Tensor drawn = Canny.USUAL.hints(x_F3HW).transpose(0, 1);
          return FrameTensors.toVideo(Ops.add(Ops.mul(drawn, 2), -1), 8);
        }));
  }

  /** A bright square that moves. */
  private static Frame square(int number) {
    byte[] rgb = new byte[SIDE * SIDE * 3];
    for (int i = 0; i < rgb.length; i++) {
      int x = i / 3 % SIDE - 3 * number;
      int y = i / 3 / SIDE - 8;
      rgb[i] = (byte) (x >= 2 && x < 14 && y >= 0 && y < 13 ? 230 : 30);
    }
    return new Frame(SIDE, SIDE, rgb);
  }

  /** Restyles the source from its third frame on under a control. */
  private Made make(String net, String shown, String drawn, String out) {
    Path model = TinyStableDiffusion.resource("reference/animatediff/model");
    return Studio.make(
        VideoOrder.parse(
            "order",
            """
            {"task": {"kind": "restyle", "video": {"path": "source"}, "start": 0.25},
             "wish": {"prompts": ["a cat"], "seed": 3, "steps": 3, "fps": 8,
                      "size": {"width": 32, "height": 32}},
             "model": {"name": "%s", "motion": "%s", "dtype": "f32",
                       "controls": [{"net": "%s", "shown": {"path": "%s"}%s}]}}
            """
                .formatted(model, model.resolve("motion_adapter"), net, shown, drawn)),
        Sources.in(folder),
        FileSink.of(folder.resolve(out)),
        Progress.NONE);
  }

  @Test
  void edgesOfTheSourceAreThoseOfItsFramesAsTheyAreRead() {
    make("my-canny", "edges", "", "by-hand");
    Made made = make("my-canny", "source", ", \"drawn\": {}", "auto");
    make("secret", "source", ", \"drawn\": {\"by\": \"canny\"}", "told");
    make("my-canny", "source", ", \"drawn\": {\"by\": \"scribble\"}", "other");
    assertThat(made.sources()).anyMatch(line -> line.contains("canny draws of source"));
    assertThat(bytes("auto")).isDeepEqualTo(bytes("by-hand"));
    assertThat(bytes("told")).isDeepEqualTo(bytes("by-hand"));
    assertThat(bytes("other")[0]).isNotEqualTo(bytes("by-hand")[0]);
  }

  @Test
  void whatNobodySaysAndWhatNobodyKnowsIsRefusedBeforeAModelIsLoaded() {
    assertThatThrownBy(() -> make("secret", "source", ", \"drawn\": {}", "x"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the control secret does not say what it is to be shown")
        .hasMessageContaining("canny, lineart, scribble, silhouette");
    assertThatThrownBy(() -> make("secret", "source", ", \"drawn\": {\"by\": \"hands\"}", "x"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("unknown annotator 'hands'");
    assertThatThrownBy(() -> make("secret", "source", ", \"drawn\": {\"by\": \"pose\"}", "x"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("poses are drawn by a network in a file of ONNX, and none is given");
  }

  private byte[][] bytes(String file) {
    return VideoReader.read(folder.resolve(file)).frames().stream()
        .map(Frame::rgb)
        .toArray(byte[][]::new);
  }
}
