package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The table of bad input: whatever a person types, there is one line that names the cause and the
 * mend, the right exit code, nothing on stdout and nothing written.
 */
class BadInputTest {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  @TempDir private Path folder;
  private List<Path> before = List.of();

  @BeforeEach
  void furnish() throws IOException {
    Files.createDirectory(folder.resolve("empty-folder"));
    Files.createDirectory(folder.resolve("full-folder"));
    Files.writeString(folder.resolve("full-folder/mine.txt"), "keep me");
    Files.writeString(folder.resolve("a-file"), "I am a file");
    Files.writeString(folder.resolve("bad-key.yaml"), "name: bad\nstepz: 5\n");
    Files.writeString(
        folder.resolve("bad-rate.yaml"), "name: bad\nsteps: 5\nbatch: 1\noptimizer: {lr: -1}\n");
    BadFiles.write(folder);
    BadSources.write(folder);
    before = listing();
  }

  static Stream<Arguments> rows() {
    return Stream.of(
        // The command itself.
        row(USAGE, "no command given"),
        row(USAGE, "unknown command 'genrate': did you mean generate?", "genrate"),
        row(USAGE, "unknown command 'xyzzy' (see 'zoetrope --help')", "xyzzy"),
        row(USAGE, "unknown option '--hepl': did you mean --help?", "--hepl"),
        row(USAGE, "unknown option '--quite': did you mean --quiet?", "doctor", "--quite"),
        row(USAGE, "unknown option '--frmaes': did you mean --frames?", "toybox", "--frmaes", "3"),
        row(USAGE, "unexpected argument 'now'", "doctor", "now"),
        row(USAGE, "option '--json' should be specified only once", "doctor", "--json", "--json"),

        // Numbers of toybox.
        row(USAGE, "--frames: '0' is out of range", "toybox", "--frames", "0"),
        row(USAGE, "--frames: '-4' is out of range", "toybox", "--frames", "-4"),
        row(USAGE, "--frames: '1000000000' is out of range", "toybox", "--frames", "1000000000"),
        row(
            USAGE,
            "--frames: '99999999999999999999' is not",
            "toybox",
            "--frames",
            "99999999999999999999"),
        row(USAGE, "--frames: '3.5' is not a whole number", "toybox", "--frames", "3.5"),
        row(USAGE, "--frames: 'many' is not a whole number", "toybox", "--frames", "many"),
        row(USAGE, "missing required parameter for option '--frames'", "toybox", "--frames"),
        row(USAGE, "--fps: 'NaN' is out of range", "toybox", "--fps", "NaN"),
        row(USAGE, "--fps: 'Infinity' is out of range", "toybox", "--fps", "Infinity"),
        row(USAGE, "--fps: '0' is out of range", "toybox", "--fps", "0"),
        row(USAGE, "--fps: '-8' is out of range", "toybox", "--fps", "-8"),
        row(USAGE, "--fps: 'fast' is not a number", "toybox", "--fps", "fast"),
        row(USAGE, "--seed: '-1' is no seed", "toybox", "--seed", "-1"),
        row(
            USAGE,
            "--seed: '9223372036854775808' is no seed",
            "toybox",
            "--seed",
            "9223372036854775808"),
        row(USAGE, "--count: '0' is out of range", "toybox", "--count", "0"),
        row(
            USAGE,
            "--first 9223372036854775807 is too large",
            "toybox",
            "--first",
            "9223372036854775807"),

        // Sizes.
        row(USAGE, "--size: '128' is no size: give WIDTHxHEIGHT", "toybox", "--size", "128"),
        row(USAGE, "--size: '0x0' is out of range", "toybox", "--size", "0x0"),
        row(
            USAGE,
            "--size: '127x128' has an odd side, which video files cannot hold: try 128x128",
            "toybox",
            "--size",
            "127x128"),
        row(USAGE, "--size: '999999999x2' is out of range", "toybox", "--size", "999999999x2"),
        row(USAGE, "--size: '-64x64' is no size", "toybox", "--size", "-64x64"),
        row(USAGE, "--size: 'ax b' is no size", "toybox", "--size", "ax b"),

        // Choices.
        row(USAGE, "expected one of [train, held_out]", "toybox", "--split", "test"),
        row(USAGE, "'dance' is no task: name generate, animate,", "plan", "dance"),
        row(USAGE, "missing required parameter: 'TASK'", "plan"),
        row(
            USAGE,
            "loop needs at least 2 frames, not 1: raise --frames",
            "plan",
            "loop",
            "--frames",
            "1"),
        row(
            USAGE,
            "extend needs at least 9 frames",
            "plan",
            "extend",
            "--frames",
            "8",
            "--given",
            "8"),
        row(USAGE, "--strength: 'NaN' is out of range", "plan", "restyle", "--strength", "NaN"),
        row(USAGE, "--steps: '0' is out of range", "plan", "generate", "--steps", "0"),

        // Where to.
        row(USAGE, "--out is empty", "toybox", "--out", ""),
        row(USAGE, "cannot write '.avi' files: end the name in .mp4,", "toybox", "-o", "x.avi"),
        row(USAGE, "5 clips do not fit in one .mp4", "toybox", "-o", "x.mp4", "-n", "5"),
        row(FAILED, "no-such-folder", "toybox", "-o", "no-such-folder/x.mp4", "-n", "1"),
        row(FAILED, "a-file", "toybox", "-o", "a-file/x.mp4"),
        row(
            FAILED,
            "is not empty: name a new or empty folder",
            "toybox",
            "-o",
            "full-folder/",
            "-n",
            "1"),
        row(FAILED, "/proc/zoetrope.mp4", "toybox", "-o", "/proc/zoetrope.mp4"),
        row(USAGE, "is no file name", "toybox", "-o", "a\0b.mp4"),

        // generate.
        row(USAGE, "missing required parameter: 'PROMPT", "generate"),
        row(USAGE, "the prompt is empty: say what to show", "generate", ""),
        row(USAGE, "the prompt is empty", "generate", "  ", "\t"),
        row(USAGE, "PROMPT is 3000 characters long", "generate", "x".repeat(3000)),
        row(
            USAGE,
            "--negative is 3000 characters long",
            "generate",
            "a",
            "--negative",
            "x".repeat(3000)),
        row(USAGE, "--frames: '0' is out of range", "generate", "a ball", "--frames", "0"),
        row(
            USAGE,
            "--frames: '1000000000' is out of range",
            "generate",
            "a ball",
            "--frames",
            "1000000000"),
        row(USAGE, "--steps: '0' is out of range", "generate", "a ball", "--steps", "0"),
        row(USAGE, "--steps: '100000' is out of range", "generate", "a ball", "--steps", "100000"),
        row(USAGE, "--guidance: 'NaN' is out of range", "generate", "a ball", "--guidance", "NaN"),
        row(USAGE, "--guidance: '-1' is out of range", "generate", "a ball", "--guidance", "-1"),
        row(USAGE, "--guidance: '1e9' is out of range", "generate", "a ball", "--guidance", "1e9"),
        row(USAGE, "--size: '129x128' has an odd side", "generate", "a ball", "--size", "129x128"),
        row(
            USAGE,
            "--sampler: 'ddpm' is no sampler: use",
            "generate",
            "a ball",
            "--sampler",
            "ddpm"),
        row(
            USAGE,
            "--device: 'gpu' is no device: use auto, cpu, cuda or cuda:N",
            "generate",
            "a ball",
            "--device",
            "gpu"),
        row(
            USAGE,
            "--dtype: 'f16' is no dtype: use auto, f32 or bf16",
            "generate",
            "a ball",
            "--dtype",
            "f16"),
        row(USAGE, "--out 'x.avi': cannot write '.avi' files", "generate", "a ball", "-o", "x.avi"),
        row(
            FAILED,
            "there is no model 'nobody': 'zoetrope models' lists",
            "generate",
            "a ball",
            "-m",
            "nobody"),
        row(
            FAILED,
            "is no model: it lacks model_index.json",
            "generate",
            "a ball",
            "-m",
            "empty-folder"),

        // Pictures and videos to begin with.
        row(USAGE, "missing required parameter: 'IMAGE'", "animate"),
        row(USAGE, "IMAGE is empty: name a file", "animate", ""),
        row(FAILED, "there is no file", "animate", "nothing.png"),
        row(FAILED, "is not a video or picture", "animate", "a-file"),
        row(FAILED, "has no pictures", "animate", "empty-folder"),
        row(FAILED, "1x1 pixels, too few to show anything", "animate", "dot.png"),
        row(FAILED, "is a video, where a picture is needed", "animate", "clip.mp4"),
        row(FAILED, "cut.png", "animate", "cut.png"),
        row(USAGE, "animate needs at least 2 frames", "animate", "good.png", "--frames", "1"),
        row(USAGE, "--noise: '1.5' is out of range", "animate", "good.png", "--noise", "1.5"),
        row(
            USAGE,
            "expected one of [crop, pad, stretch]",
            "animate",
            "good.png",
            "--fit",
            "squeeze"),
        row(USAGE, "PROMPT is 3000 characters long", "animate", "good.png", "x".repeat(3000)),
        row(FAILED, "there is no model 'nobody'", "animate", "good.png", "-m", "nobody"),
        row(USAGE, "missing required parameter: 'LAST'", "interpolate", "good.png"),
        row(FAILED, "there is no file", "interpolate", "good.png", "nothing.png"),
        row(FAILED, "too few to show anything", "interpolate", "dot.png", "good.png"),
        row(FAILED, "is a video, where a picture", "interpolate", "good.png", "clip.mp4"),
        row(
            USAGE,
            "interpolate needs at least 3 frames, not 2",
            "interpolate",
            "good.png",
            "good.png",
            "--frames",
            "2"),
        row(FAILED, "is a video, where a picture is needed", "loop", "clip.mp4"),
        row(USAGE, "loop needs at least 2 frames", "loop", "good.png", "--frames", "1"),
        row(FAILED, "there are no frames in", "loop", "no-frames.gif"),
        row(USAGE, "missing required parameter: 'VIDEO'", "extend"),
        row(FAILED, "there are no frames in", "extend", "no-frames.y4m"),
        row(FAILED, "is one picture: 'zoetrope animate'", "extend", "good.png"),
        row(FAILED, "cut off", "extend", "cut.mp4"),
        row(FAILED, "is not a video or picture", "extend", "a-file"),
        row(USAGE, "--frames: '0' is out of range", "extend", "clip.mp4", "--frames", "0"),
        row(USAGE, "--overlap: '0' is out of range", "extend", "clip.mp4", "--overlap", "0"),
        row(USAGE, "--start: '-1' is out of range", "extend", "clip.mp4", "--start", "-1"),
        row(USAGE, "missing required parameter: 'PROMPT", "restyle", "clip.mp4"),
        row(USAGE, "the prompt is empty", "restyle", "clip.mp4", " "),
        row(
            USAGE,
            "--strength: '0' is out of range",
            "restyle",
            "clip.mp4",
            "x",
            "--strength",
            "0"),
        row(
            USAGE,
            "--strength: '2' is out of range",
            "restyle",
            "clip.mp4",
            "x",
            "--strength",
            "2"),
        row(FAILED, "there are no frames in", "restyle", "no-frames.y4m", "x"),
        row(FAILED, "too few to show anything", "restyle", "dot.png", "x"),
        row(USAGE, "missing required parameter: 'VIDEO|PROMPT", "refine"),
        row(USAGE, "the prompt is empty", "refine", ""),
        row(FAILED, "there is no file", "refine", "nothing.mp4"),
        row(FAILED, "is not a video or picture", "refine", "a-file"),
        row(USAGE, "--scale: '0.5' is out of range", "refine", "clip.mp4", "--scale", "0.5"),
        row(
            USAGE,
            "--scale and --size both say how large",
            "refine",
            "clip.mp4",
            "--scale",
            "2",
            "--size",
            "64x64"),
        row(FAILED, "there is no model 'nobody'", "refine", "a ball", "-m", "nobody"),

        // Prompts that change.
        row(USAGE, "there are no prompts: say zoetrope travel --at 0", "travel"),
        row(USAGE, "unexpected argument 'a ball'", "travel", "a ball"),
        row(USAGE, "'b' is no number of a frame", "travel", "--at", "0", "a", "--at", "b", "c"),
        row(USAGE, "'-4' is no number of a frame", "travel", "--at", "0", "a", "--at", "-4", "b"),
        row(USAGE, "sets in at frame 0, not 5", "travel", "--at", "5", "a"),
        row(USAGE, "one after another", "travel", "--at", "0", "a", "--at", "0", "b"),
        row(
            USAGE,
            "one after another",
            "travel",
            "--at",
            "0",
            "a",
            "--at",
            "24",
            "b",
            "--at",
            "12",
            "c"),
        row(USAGE, "nearer than the 4 frames", "travel", "--at", "0", "a", "--at", "1", "b"),
        row(USAGE, "the prompt is empty", "travel", "--at", "0", ""),
        row(
            USAGE,
            "--frames 20 ends before the prompt at frame 24",
            "travel",
            "--at",
            "0",
            "a",
            "--at",
            "24",
            "b",
            "--frames",
            "20"),
        row(USAGE, "--at", "travel", "--at", "0"),
        row(USAGE, "--blend: '-1' is out of range", "travel", "--at", "0", "a", "--blend", "-1"),
        row(USAGE, "the prompt is empty", "roll"),
        row(USAGE, "by itself or with --at, not both", "roll", "a", "--at", "0", "b"),
        row(USAGE, "--frames: '0' is out of range", "roll", "a", "--frames", "0"),
        row(FAILED, "there is no model 'nobody'", "roll", "a", "-m", "nobody"),

        // Plans.
        row(FAILED, "there is no file 'no.json'", "generate", "a ball", "--plan", "no.json"),
        row(FAILED, "is a folder", "generate", "a ball", "--plan", "empty-folder"),
        row(FAILED, "a-file: this is no timestep plan", "generate", "a ball", "--plan", "a-file"),
        row(FAILED, "row 1 has 1 frames", "generate", "a ball", "--plan", "ragged.json"),
        row(FAILED, "row 1, frame 0", "generate", "a ball", "--plan", "outside.json"),
        row(FAILED, "wants frame 0 given", "generate", "a ball", "--plan", "given.json"),
        row(FAILED, "marks no frame as given", "animate", "good.png", "--plan", "plain.json"),
        row(FAILED, "marks no frame as given", "restyle", "clip.mp4", "x", "--plan", "plain.json"),
        row(
            FAILED,
            "has weights for 1 prompts, and 2 are given",
            "travel",
            "--at",
            "0",
            "a",
            "--at",
            "9",
            "b",
            "--plan",
            "plain.json"),
        row(
            USAGE,
            "--frames 7, but the plan 'plain.json' has 2: leave --frames out",
            "generate",
            "a ball",
            "--plan",
            "plain.json",
            "--frames",
            "7"),
        row(
            USAGE,
            "--steps 9, but the plan 'plain.json' has 1",
            "generate",
            "a ball",
            "--plan",
            "plain.json",
            "--steps",
            "9"),
        row(FAILED, "row 1 has 1 frames", "plan", "ragged.json"),
        row(USAGE, "--png 'x.jpg' must end in .png", "plan", "animate", "--png", "x.jpg"),
        row(USAGE, "--gif 'x.mp4' must end in .gif", "plan", "animate", "a", "--gif", "x.mp4"),
        row(USAGE, "--save 'x.txt' must end in .json", "plan", "animate", "--save", "x.txt"),
        row(USAGE, "the prompt is empty", "plan", "animate", "--gif", "x.gif"),
        row(USAGE, "'a ball' is for --gif", "plan", "animate", "a ball"),
        row(USAGE, "blends 2 prompts", "plan", "travel", "a ball", "--gif", "x.gif"),
        row(
            FAILED,
            "there is no file",
            "plan",
            "loop",
            "a",
            "--gif",
            "x.gif",
            "--source",
            "no.png"),
        row(FAILED, "no-such-folder", "plan", "animate", "--png", "no-such-folder/x.png"),
        row(FAILED, "no-such-folder", "plan", "animate", "--save", "no-such-folder/x.json"),

        // train.
        row(USAGE, "missing required parameter: 'RECIPE'", "train"),
        row(FAILED, "there is no recipe 'nothing': name a .yaml file", "train", "nothing"),
        row(FAILED, "is a folder: name a recipe in it", "train", "empty-folder"),
        row(FAILED, "a-file", "train", "a-file"),
        row(FAILED, "bad-key.yaml line 2: stepz", "train", "bad-key.yaml", "--check"),
        row(FAILED, "optimizer.lr", "train", "bad-rate.yaml"),
        row(FAILED, "must be a key and a value", "train", "bad-rate.yaml", "--set", "batch"),
        row(FAILED, "--set: batch must be a number", "train", "bad-rate.yaml", "--set", "batch=x"),
        row(FAILED, "there are no keys below", "train", "bad-rate.yaml", "--set", "batch.size=2"),
        row(USAGE, "missing required parameter for option '--set'", "train", "x", "--set"),

        // evaluate.
        row(USAGE, "--count: '0' is out of range", "evaluate", "-n", "0"),
        row(USAGE, "--batch: '0' is out of range", "evaluate", "--batch", "0"),
        row(USAGE, "--sheet 'x.jpg' must end in .png", "evaluate", "--sheet", "x.jpg"),
        row(USAGE, "expected one of [train, held_out]", "evaluate", "--split", "test"),
        row(FAILED, "there is no model 'nobody'", "evaluate", "-m", "nobody"),
        row(
            FAILED,
            "there is no suite 'dance': it is one of animate,",
            "evaluate",
            "--suite",
            "dance"),
        row(
            FAILED,
            "looked at by 64 frames: make at least as many, not 10",
            "evaluate",
            "--suite",
            "roll",
            "--frames",
            "10"),
        row(
            USAGE,
            "each measure something else: give one",
            "evaluate",
            "--suite",
            "loop",
            "--videos",
            "empty-folder"),
        row(USAGE, "go with --videos FOLDER", "evaluate", "--reference", "empty-folder"),
        row(USAGE, "--seams: 'x' is not a whole number", "evaluate", "--seams", "x"),
        row(FAILED, "has no videos or pictures", "evaluate", "--videos", "empty-folder"),
        row(FAILED, "there is no folder", "evaluate", "--videos", "nowhere"),
        row(
            FAILED,
            "there is no file or folder 'nothing.pt'",
            "evaluate",
            "--videos",
            "full-folder",
            "--reference",
            "full-folder",
            "--features",
            "nothing.pt"),
        row(
            FAILED,
            "is no TorchScript file: save one with torch.jit.save",
            "evaluate",
            "--videos",
            "full-folder",
            "--reference",
            "full-folder",
            "--features",
            "a-file"),

        // Files that lie.
        row(USAGE, "missing required parameter: 'MODEL'", "inspect"),
        row(FAILED, "there is no file or folder", "inspect", "nowhere.safetensors"),
        row(FAILED, "there is no model 'nobody': 'zoetrope models' lists", "inspect", "nobody"),
        row(FAILED, "there is no .safetensors file in", "inspect", "empty-folder"),
        row(FAILED, "a-file", "inspect", "a-file"),
        row(FAILED, "empty.safetensors", "inspect", "empty.safetensors"),
        row(FAILED, "truncated.safetensors", "inspect", "truncated.safetensors"),
        row(FAILED, "huge-header.safetensors", "inspect", "huge-header.safetensors"),
        row(FAILED, "lying-shape.safetensors", "inspect", "lying-shape.safetensors"),
        row(FAILED, "overlap.safetensors", "inspect", "overlap.safetensors"),
        row(FAILED, "not-json.safetensors", "inspect", "not-json.safetensors"),
        row(FAILED, "unknown-dtype.safetensors", "inspect", "unknown-dtype.safetensors"));
  }

  @ParameterizedTest(name = "{2} -> {0}")
  @MethodSource("rows")
  void oneLineRightCodeNothingWritten(int code, String message, List<String> args)
      throws IOException {
    TestCli.Outcome outcome = new TestCli(folder).run(args.toArray(String[]::new));
    assertThat(outcome.err()).contains(message);
    assertThat(outcome.errors()).hasSize(1);
    assertThat(outcome.errors().getFirst()).startsWith("zoetrope: ").hasSizeLessThan(300);
    assertThat(outcome.err()).doesNotContain("Exception").doesNotContain("fault of zoetrope");
    assertThat(outcome.code()).isEqualTo(code);
    assertThat(outcome.out()).isEmpty();
    assertThat(listing()).isEqualTo(before);
  }

  private static Arguments row(int code, String message, String... args) {
    return arguments(code, message, List.of(args));
  }

  private List<Path> listing() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }
}
