package io.zoetrope.app;

import static io.zoetrope.app.BadInputTest.FAILED;
import static io.zoetrope.app.BadInputTest.USAGE;
import static io.zoetrope.app.BadInputTest.row;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Bad input about controls and what is drawn for them, as far as it shows without a model. */
final class BadControlInput {
  private BadControlInput() {}

  static Stream<Arguments> rows() {
    return Stream.of(
        row(USAGE, "there is no video to draw it of", "generate", "x", "--control", "canny:auto"),
        row(
            USAGE,
            "there is no video to draw it of",
            "animate",
            "good.png",
            "--control",
            "net:canny=auto:0.5"),
        row(FAILED, "there is no file", "generate", "x", "--control", "canny:auto=no.mp4"),
        row(FAILED, "is not a video", "generate", "x", "--control", "canny:auto=a-file"),
        restyle(USAGE, "unknown annotator 'pose': it is one of canny", "net:pose=auto"),
        restyle(USAGE, "unknown annotator ''", "net:=auto"),
        restyle(USAGE, "--control is empty", "net:auto="),
        restyle(FAILED, "the control net does not say what it is to be shown", "net:auto"),
        restyle(USAGE, "'loud' is no scale", "canny:auto:loud"));
  }

  private static Arguments restyle(int code, String words, String control, String... more) {
    List<String> all = new ArrayList<>(List.of("restyle", "clip.mp4", "x", "--control", control));
    all.addAll(List.of(more));
    return row(code, words, all.toArray(String[]::new));
  }
}
