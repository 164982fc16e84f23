package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoReader;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.pipeline.TinyControl;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.progress.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders of videos by a model of single pictures, whose frames look at each other. */
class AcrossTest {
  private static final Path MODEL = TinyStableDiffusion.resource("reference/animatediff/model");
  private static final int SIDE = 32;

  @TempDir private Path folder;

  @BeforeEach
  void furnish() throws IOException {
    try (Parity canny = Parity.of("control/canny")) {
      TinyControl.write(folder.resolve("canny"), canny.folder().resolve("config.json"));
    }
    List<Frame> frames =
        IntStream.range(0, 5)
            .mapToObj(f -> {
              byte[] rgb = new byte[SIDE * SIDE * 3];
              for (int i = 0; i < rgb.length; i++) {
                rgb[i] = (byte) (i / 3 % SIDE / 8 == f % 4 ? 220 : 40);
              }
              return new Frame(SIDE, SIDE, rgb);
            })
            .toList();
    VideoWriter.write(folder.resolve("source"), new Video(frames, 8));
  }

  private Made make(String task, String wish, String model, String out) {
    return Studio.make(
        VideoOrder.parse(
            "order",
            """
            {"task": {%s},
             "wish": {"prompts": ["a cat"], "seed": 3, "steps": 4, "fps": 8, "guidance": 3.0,
                      "size": {"width": 32, "height": 32}%s},
             "model": {"name": "%s", "dtype": "f32"%s}}
            """
                .formatted(task, wish, MODEL, model)),
        Sources.in(folder),
        FileSink.of(folder.resolve(out)),
        Progress.NONE);
  }

  private byte[][] generate(String across, int frames, String out) {
    make(
        "\"kind\": \"generate\", \"across\": {%s}".formatted(across),
        ", \"sampler\": \"ddim\", \"frames\": " + frames,
        "",
        out);
    return bytes(out);
  }

  private byte[][] bytes(String file) {
    return VideoReader.read(folder.resolve(file)).frames().stream()
        .map(Frame::rgb)
        .toArray(byte[][]::new);
  }

  @Test
  void framesOfOneNoiseThatSeeThemselvesAloneAreOnePicture() {
    byte[][] apart = generate("\"look\": \"none\"", 3, "apart");
    byte[][] one = generate("\"look\": \"none\"", 1, "one");
    assertThat(apart[1]).isEqualTo(apart[0]);
    assertThat(apart[2]).isEqualTo(apart[0]);
    for (int i = 0; i < one[0].length; i++) {
      // Products of more rows round otherwise.
      assertThat(Math.abs((one[0][i] & 0xff) - (apart[2][i] & 0xff))).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void aClipOfItsKeyFramesAloneIsTheWholeClip() {
    // Two frames are two ends, with nothing between.
    byte[][] whole = restyle("\"look\": \"all\"", 2, "whole");
    assertThat(restyle("\"look\": \"all\", \"hierarchical\": true", 2, "keys"))
        .isDeepEqualTo(whole);
    byte[][] long1 = restyle("\"look\": \"all\"", 5, "long");
    byte[][] long2 = restyle("\"look\": \"all\", \"hierarchical\": true", 5, "long-keys");
    assertThat(Arrays.deepEquals(long2, long1)).isFalse();
  }

  @Test
  void whomFramesLookAtAndWhetherTheyAreSmoothedCounts() {
    byte[][] all = restyle("\"look\": \"all\"", 5, "all");
    assertThat(Arrays.deepEquals(restyle("\"look\": \"first\"", 5, "first"), all)).isFalse();
    assertThat(Arrays.deepEquals(restyle("\"look\": \"sparse\"", 5, "sparse"), all)).isFalse();
    assertThat(Arrays.deepEquals(restyle("\"smooth\": {\"at\": [0.5]}", 5, "flow"), all)).isFalse();
  }

  @Test
  void aModelOfVideosMakesWhatLiesBetween() {
    TinyModel.write(folder.resolve("videos"));
    byte[][] made = restyle("\"smooth\": {\"at\": [0.5], \"model\": \"videos\"}", 5, "planned");
    assertThat(Arrays.deepEquals(made, restyle("", 5, "plain"))).isFalse();
    refused(
        "\"kind\": \"generate\", \"across\": {\"smooth\": {\"network\": \"no.onnx\"}}",
        "",
        "",
        "there is no file");
  }

  /** From edges of the source. */
  private byte[][] restyle(String across, int frames, String out) {
    make(
        "\"kind\": \"restyle\", \"video\": {\"path\": \"source\"}, \"strength\": 1.0, \"across\": {%s}"
            .formatted(across),
        ", \"sampler\": \"ddim\", \"frames\": " + frames,
        """
        , "controls": [{"net": "canny", "shown": {"path": "source"}, "drawn": {}}]
        """,
        out);
    return bytes(out);
  }

  @Test
  void aVideoLongerThanAClipIsMadeClipByClipAndRemembered() {
    Made made =
        make(
            "\"kind\": \"restyle\", \"video\": {\"path\": \"source\"},"
                + " \"join\": {\"clip\": 3, \"overlap\": 1}, \"across\": {\"smooth\": {}}",
            "",
            "",
            "clips.gif");
    assertThat(made.frames()).isEqualTo(5);
    assertThat(made.request().sampler()).isEqualTo("ddim");
    VideoOrder again = Remembered.read(folder.resolve("clips.gif")).orElseThrow().order();
    Studio.make(again, Sources.in(folder), FileSink.of(folder.resolve("again.gif")), Progress.NONE);
    assertThat(bytes("again.gif")).isDeepEqualTo(bytes("clips.gif"));
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    String generate = "\"kind\": \"generate\", \"across\": ";
    refused(generate + "{\"look\": \"first\", \"hierarchical\": true}", "", "", "all look at all");
    refused(generate + "{\"smooth\": {\"at\": [1.0]}}", "", "", "fractions that rise");
    refused(
        generate + "{\"smooth\": {}}",
        ", \"sampler\": \"ancestral\"",
        "",
        "within the steps of the sampler ancestral");
    refused(generate + "{}, \"zero\": {\"motion\": {\"x\": 1, \"y\": 1}}", "", "", "leave one out");
    refused(
        generate + "{}",
        "",
        ", \"motion\": \"%s\"".formatted(MODEL.resolve("motion_adapter")),
        "U-Net of single pictures only");
  }

  private void refused(String task, String wish, String model, String words) {
    assertThatThrownBy(() -> make(task, wish, model, "refused"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(words);
  }
}
