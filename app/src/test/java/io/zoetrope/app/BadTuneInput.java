package io.zoetrope.app;

import static io.zoetrope.app.BadInputTest.FAILED;
import static io.zoetrope.app.BadInputTest.USAGE;
import static io.zoetrope.app.BadInputTest.row;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Bad input of tuning and of inversion, as far as it shows without a model. */
final class BadTuneInput {
  private BadTuneInput() {}

  static Stream<Arguments> rows() {
    return Stream.of(
        row(USAGE, "missing required parameter: 'VIDEO'", "tune"),
        row(USAGE, "the prompt is empty", "tune", "clip.mp4"),
        row(USAGE, "VIDEO is empty", "tune", "", "a ball"),
        row(USAGE, "PROMPT is 3000 characters long", "tune", "clip.mp4", "x".repeat(3000)),
        row(FAILED, "there is no file", "tune", "nothing.mp4", "a ball"),
        row(FAILED, "is not a video or picture", "tune", "a-file", "a ball"),
        row(FAILED, "shows a single picture", "tune", "good.png", "a ball"),
        row(USAGE, "--frames 1 is a picture", "tune", "clip.mp4", "a ball", "--frames", "1"),
        row(USAGE, "--start: '-1' is out of range", "tune", "clip.mp4", "a", "--start", "-1"),
        row(USAGE, "--steps: '0' is out of range", "tune", "clip.mp4", "a", "--steps", "0"),
        row(
            USAGE,
            "--learning-rate: '2' is out of range",
            "tune",
            "clip.mp4",
            "a",
            "--learning-rate",
            "2"),
        row(USAGE, "must end in .safetensors", "tune", "clip.mp4", "a", "--out", "x.mp4"),
        row(FAILED, "there is no model 'nobody'", "tune", "clip.mp4", "a", "-m", "nobody"),
        row(USAGE, "--dtype", "tune", "clip.mp4", "a", "--dtype", "f8"),
        row(FAILED, "--tuned: there is no", "restyle", "clip.mp4", "x", "--tuned", "no"),
        row(
            USAGE,
            "say what the source shows",
            "restyle",
            "clip.mp4",
            "x",
            "--inverted",
            "--inversion-away",
            "optimized"),
        row(
            USAGE,
            "guidance 1 leads away from nothing",
            "restyle",
            "clip.mp4",
            "x",
            "--inverted",
            "--inversion-away",
            "optimized",
            "--inversion-prompt",
            "a ball",
            "--guidance",
            "1"));
  }
}
