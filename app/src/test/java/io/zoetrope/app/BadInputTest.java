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
  static final int FAILED = 1;
  static final int USAGE = 2;

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
    Files.writeString(
        folder.resolve("two.yaml"),
        "stages: [{frames: 4}, {model: nobody, bridge: {kind: start-noise, overlap: 1}}]");
    BadFiles.write(folder);
    BadSources.write(folder);
    before = listing();
  }

  static Stream<Arguments> rows() {
    return Stream.of(
            commandRows(), BadMakeInput.rows(), BadControlInput.rows(), BadTuneInput.rows())
        .flatMap(rows -> rows);
  }

  private static Stream<Arguments> commandRows() {
    return Stream.of(
        // The command itself.
        row(USAGE, "unknown command 'genrate': did you mean generate?", "genrate"),
        row(USAGE, "unknown command 'xyzzy' (see 'zoetrope --help')", "xyzzy"),
        row(USAGE, "unknown option '--hepl': did you mean --help?", "--hepl"),
        row(USAGE, "unknown option '--quite': did you mean --quiet?", "doctor", "--quite"),
        row(USAGE, "unknown option '--frmaes': did you mean --frames?", "toybox", "--frmaes", "3"),
        row(USAGE, "unexpected argument 'now'", "doctor", "now"),
        row(FAILED, "spark is started by the launcher", "spark", "generate"),
        row(USAGE, "option '--json' should be specified only once", "doctor", "--json", "--json"),

        // Components.
        row(USAGE, "missing required", "probe"),
        probe(USAGE, "--component 'unte' is none: use unet, ", "empty-folder", "unte", "a-file"),
        probe(USAGE, "--inputs is empty", "empty-folder", "unet", ""),
        probe(FAILED, "there is no model 'nobody'", "nobody", "unet", "a-file"),
        probe(FAILED, "is a file: probe takes a model directory", "a-file", "unet", "a-file"),
        probe(FAILED, "nothing.safetensors", "empty-folder", "unet", "nothing.safetensors"),
        probe(FAILED, "a-file", "empty-folder", "unet", "a-file"),
        row(
            USAGE,
            "--out 'x.txt' must end in .safetensors",
            "probe",
            "empty-folder",
            "--component",
            "unet",
            "--inputs",
            "a-file",
            "--out",
            "x.txt"),

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
        row(USAGE, "--device is for --gif", "plan", "generate", "--device", "cpu"),
        row(USAGE, "missing required parameter: 'LATENTS'", "decode"),
        row(
            USAGE,
            "loop needs at least 2 frames, not 1: ask for more",
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
        // Latents and tars.
        row(USAGE, "missing required option: '--out=DIR'", "latents", "empty-folder"),
        row(FAILED, "there is no folder", "latents", "nowhere", "-o", "new"),
        row(FAILED, "there is no tar", "latents", "clips-{0..3}.tar", "-o", "new"),
        row(
            FAILED,
            "there is no model 'nobody'",
            "latents",
            "empty-folder",
            "-o",
            "new",
            "-m",
            "nobody"),
        row(USAGE, "--windows: '0' is out of range", "latents", "x", "-o", "y", "--windows", "0"),
        row(USAGE, "expected one of [bf16, f32]", "latents", "x", "-o", "y", "--kept", "f16"),
        row(USAGE, "--shard-size: '0' is out of", "pack", "x", "-o", "y", "--shard-size", "0"),
        row(FAILED, "there is no folder", "pack", "nowhere", "-o", "new"),
        row(FAILED, "is a file: name a folder", "pack", "a-file", "-o", "new"),
        row(FAILED, "a-file", "toybox", "-o", "a-file/x.mp4"),
        row(
            FAILED,
            "--tokenizer: there is no folder",
            "generate",
            "a ball",
            "--tokenizer",
            "nowhere"),
        row(FAILED, "empty.safetensors", "generate", "a ball", "-m", "empty.safetensors"),
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
        row(USAGE, "the prompt is empty: say what to show", "generate"),
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
            "--sampler: 'dpm3' is no sampler: use",
            "generate",
            "a ball",
            "--sampler",
            "dpm3"),
        row(
            USAGE,
            "--device: 'gpu' is no device: use auto, cpu, cuda or cuda:N",
            "generate",
            "a ball",
            "--device",
            "gpu"),
        row(USAGE, "--device: 'meta' is no device", "generate", "a ball", "--device", "meta"),
        row(FAILED, "there is no device 'cuda:99'", "generate", "a ball", "--device", "cuda:99"),
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

        // train.
        row(USAGE, "missing required parameter: 'RECIPE'", "train"),
        row(FAILED, "there is no recipe 'nothing': name a .yaml file", "train", "nothing"),
        row(FAILED, "is a folder: name a recipe in it", "train", "empty-folder"),
        row(FAILED, "a-file", "train", "a-file"),
        row(FAILED, "bad-key.yaml line 2: stepz", "train", "bad-key.yaml", "--check"),
        row(FAILED, "line 2: stepz", "train", "bad-key.yaml", "--workers", "2"),
        row(USAGE, "leave --workers out", "train", "bad-rate.yaml", "--check", "--workers", "2"),
        row(USAGE, "--workers: '0' is out of range", "train", "bad-rate.yaml", "--workers", "0"),
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
        row(FAILED, "it is no autoencoder", "evaluate", "--autoencoder", "empty-folder"),
        row(USAGE, "give one", "evaluate", "--autoencoder", "empty-folder", "--truth"),
        row(USAGE, "goes with --autoencoder", "evaluate", "--latent-noise", "0.1"),
        row(
            USAGE,
            "--latent-noise",
            "evaluate",
            "--autoencoder",
            "empty-folder",
            "--latent-noise",
            "-1"),
        row(USAGE, "--refiner goes with --suite refine", "evaluate", "--refiner", "toybox"),
        row(USAGE, "--cascade goes with prompts", "evaluate", "--cascade", "two.yaml", "--truth"),
        row(FAILED, "with a cascade", "evaluate", "--cascade", "nothing.json", "-n", "1"),
        row(USAGE, "--size goes with prompts", "evaluate", "--size", "32x32", "--suite", "loop"),
        row(USAGE, "--frames goes with", "evaluate", "--frames", "8", "--suite", "loop"),
        row(USAGE, "--size: 'wide' is no size", "evaluate", "--size", "wide"),
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

        // pull.
        row(USAGE, "missing required parameter: 'ID'", "pull"),
        row(USAGE, "'' is no model of the hub: give ORG/NAME", "pull", ""),
        row(USAGE, "'../../etc' is no model of the hub", "pull", "../../etc"),
        row(USAGE, "'a/b/c' is no model of the hub", "pull", "a/b/c"),
        row(USAGE, "'a--b/c' is no model of the hub", "pull", "a--b/c"),
        row(USAGE, "'https://a.b/c' is no model of the hub", "pull", "https://a.b/c"),
        row(USAGE, "'../x' is no revision: give a branch,", "pull", "a/b@../x"),
        row(USAGE, "'' is no revision", "pull", "a/b@"),
        row(USAGE, "--jobs: '0' is out of range", "pull", "a/b", "--jobs", "0"),
        row(FAILED, "there is no folder", "curate", "nowhere", "--out", "out"),
        row(
            FAILED,
            "'motion>many' is no bound: write MEASURE>=NUMBER",
            "curate",
            ".",
            "--out",
            "out",
            "--keep",
            "motion>many"),
        row(
            FAILED,
            "there is no measure 'beauty': use black, still",
            "curate",
            ".",
            "--out",
            "out",
            "--keep",
            "beauty>=1"),
        row(
            FAILED,
            "is no folder of a measure: there is no measure.json in it",
            "curate",
            ".",
            "--out",
            "out",
            "--measure",
            "."),
        row(
            FAILED,
            "there is no folder 'nobody/clip', and no such model was downloaded",
            "curate",
            ".",
            "--out",
            "out",
            "--measure",
            "nobody/clip"),
        row(USAGE, "holds the folder itself: name another", "curate", ".", "--out", "."),
        row(USAGE, "--variant 'fp 16' is no name", "pull", "a/b", "--variant", "fp 16"),
        row(
            USAGE,
            "--variant and --include each choose files",
            "pull",
            "a/b",
            "--variant",
            "fp16",
            "--include",
            "*.json"),
        row(USAGE, "a pattern is empty", "pull", "a/b", "--exclude", ""),
        row(
            FAILED,
            "no such model was downloaded: 'zoetrope pull nobody/nothing-here' does that",
            "generate",
            "a ball",
            "-m",
            "nobody/nothing-here"),
        row(
            FAILED,
            "'zoetrope pull nobody/nothing-here@v1' does that",
            "inspect",
            "nobody/nothing-here@v1"),

        // Files that lie.
        row(USAGE, "missing required parameter: 'MODEL'", "inspect"),
        row(FAILED, "are about what a model makes", "inspect", "good.png", "--frames", "4"),
        row(USAGE, "name one by --model", "doctor", "--no-test", "--size", "64x64"),
        row(FAILED, "there is no file or folder", "inspect", "nowhere.safetensors"),
        row(FAILED, "there is no model 'nobody': 'zoetrope models' lists", "inspect", "nobody"),
        row(FAILED, "there is no .safetensors or .gguf file in", "inspect", "empty-folder"),
        row(FAILED, "a-file", "inspect", "a-file"),
        row(FAILED, "empty.safetensors", "inspect", "empty.safetensors"),
        row(FAILED, "truncated.safetensors", "inspect", "truncated.safetensors"),
        row(FAILED, "huge-header.safetensors", "inspect", "huge-header.safetensors"),
        row(FAILED, "lying-shape.safetensors", "inspect", "lying-shape.safetensors"),
        row(FAILED, "overlap.safetensors", "inspect", "overlap.safetensors"),
        row(FAILED, "not-json.safetensors", "inspect", "not-json.safetensors"),
        row(FAILED, "unknown-dtype.safetensors", "inspect", "unknown-dtype.safetensors"),
        row(FAILED, "'a' needs 4398046511104 bytes from byte 0", "inspect", "lying.gguf"),
        row(FAILED, "needs 128 bytes from byte 0", "inspect", "short.gguf"),
        row(FAILED, "'a' has the quantisation IQ4_XS, which is not read", "inspect", "iq4.gguf"),
        row(FAILED, "its rows are not of whole blocks of 32", "inspect", "blocks.gguf"),
        row(FAILED, "is of version 1 of GGUF; 2 and 3 are read", "inspect", "old.gguf"),
        row(FAILED, "there is no file or folder", "inspect", "nowhere.gguf"),
        row(
            FAILED,
            "'a.scale_of_it' stands beside the fp8 weight 'a.weight' and is no scale that is known",
            "inspect",
            "unknown-scale.safetensors"));
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

  static Arguments row(int code, String message, String... args) {
    return arguments(code, message, List.of(args));
  }

  private List<Path> listing() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }

  private static Arguments probe(
      int code, String words, String model, String component, String inputs) {
    return row(code, words, "probe", model, "--component", component, "--inputs", inputs);
  }
}
