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
        restyle(USAGE, "unknown annotator 'hands': it is one of canny", "net:hands=auto"),
        restyle(USAGE, "unknown annotator ''", "net:=auto"),
        restyle(USAGE, "--control is empty", "net:auto="),
        restyle(FAILED, "the control net does not say what it is to be shown", "net:auto"),
        restyle(USAGE, "'loud' is no scale", "canny:auto:loud"),
        restyle(FAILED, "none is given for 'depth': name one by --depth-model", "depth:auto"),
        restyle(FAILED, "is no network of ONNX", "depth:auto", "--depth-model", "good.png"),
        restyle(
            FAILED,
            "need a runtime, which is not here: run ZOETROPE_ONNX=on ./zoetrope once",
            "depth:auto",
            "--depth-model",
            "midas.onnx"),
        restyle(FAILED, "there is no file", "net:midas=auto", "--depth-model", "no.onnx"),
        generate(USAGE, "--depth-model draws for --control", "--depth-model", "no.onnx"),
        restyle(
            USAGE, "--depth-model draws for --control", "canny:auto", "--depth-model", "x.onnx"),
        restyle(FAILED, "none is given for 'pose': name one by --pose-model", "openpose:auto"),
        restyle(FAILED, "none is given for 'pose'", "net:pose=auto"),
        restyle(FAILED, "is no network of ONNX", "openpose:auto", "--pose-model", "good.png"),
        restyle(FAILED, "there is no file", "net:pose=auto", "--pose-model", "no.onnx"),
        restyle(USAGE, "--pose-model draws for --control", "canny:auto", "--pose-model", "x.onnx"),
        across(FAILED, "there is no file", "--smooth", "0.5", "--smoother", "no.onnx"),
        across(USAGE, "--smoother is empty", "--smooth", "0.5", "--smoother", ""),

        // Frames that look at each other.
        generate(USAGE, "--method 'magic' is none", "--method", "magic"),
        row(
            USAGE,
            "--method 'text2video-zero' is none: use controlvideo",
            "restyle",
            "clip.mp4",
            "x",
            "--method",
            "text2video-zero"),
        generate(USAGE, "expected one of [all, sparse, first, none]", "--cross-frame", "some"),
        generate(USAGE, "--smooth goes with --cross-frame", "--smooth", "0.5"),
        generate(USAGE, "--smoother goes with --cross-frame", "--smoother", "mean"),
        generate(USAGE, "--hierarchical goes with --cross-frame", "--hierarchical"),
        generate(
            USAGE,
            "--hierarchical is for --cross-frame all",
            "--cross-frame",
            "first",
            "--hierarchical"),
        generate(USAGE, "--smoother says how", "--cross-frame", "all", "--smoother", "mean"),
        across(USAGE, "'1.2' is out of range", "--smooth", "1.2"),
        across(USAGE, "fractions that rise from 0 to below 1", "--smooth", "1"),
        across(USAGE, "fractions that rise from 0 to below 1", "--smooth", "0.6,0.6"),
        across(USAGE, "'half' is not a number from 0 to 1", "--smooth", "half"),
        across(
            USAGE,
            "within the steps of the sampler ancestral",
            "--smooth",
            "0.5",
            "--sampler",
            "ancestral"),
        across(USAGE, "leave one out", "--method", "text2video-zero"),
        across(USAGE, "all frames have one noise", "--noise", "truncated.safetensors"),
        across(USAGE, "--free-noise is about the noise of whole clips", "--free-noise"),

        // Windows, and how much motion modules count.
        generate(USAGE, "about --window: add it", "--window-loop"),
        generate(USAGE, "about --window: add it", "--window-fuse", "flat"),
        generate(
            USAGE,
            "windows of 4 frames overlap by 0 to 3",
            "--window",
            "4",
            "--window-overlap",
            "4"),
        generate(USAGE, "'round' is none: use pyramid, flat", "--window-fuse", "round"),
        generate(USAGE, "'7' is out of range", "--window", "4", "--window-strides", "7"),
        generate(USAGE, "'11' is out of range", "--motion-scale", "11"),
        generate(USAGE, "'' is not a number", "--motion-scale", "1,,2"),
        generate(USAGE, "'nan' is not a number", "--motion-effect", "nan"));
  }

  private static Arguments generate(int code, String words, String... more) {
    List<String> all = new ArrayList<>(List.of("generate", "x"));
    all.addAll(List.of(more));
    return row(code, words, all.toArray(String[]::new));
  }

  private static Arguments across(int code, String words, String... more) {
    List<String> all = new ArrayList<>(List.of("--cross-frame", "all"));
    all.addAll(List.of(more));
    return generate(code, words, all.toArray(String[]::new));
  }

  private static Arguments restyle(int code, String words, String control, String... more) {
    List<String> all = new ArrayList<>(List.of("restyle", "clip.mp4", "x", "--control", control));
    all.addAll(List.of(more));
    return row(code, words, all.toArray(String[]::new));
  }
}
