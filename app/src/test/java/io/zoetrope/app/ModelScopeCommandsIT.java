package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoReader;
import io.zoetrope.media.VideoWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every task as a command on a tiny model of ModelScope, and what is wrong with its files. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModelScopeCommandsIT {
  private static final Path FIXTURES = Path.of("../core/src/test/resources/reference");

  private static final Map<String, String> PARTS =
      Map.of(
          "", "modelscope/model",
          "vae", "animatediff/model/vae",
          "tokenizer", "clip_tokenizer");

  private static final String SIZE = "64x48";

  private Path folder = Path.of("");
  private TestCli cli = new TestCli(Path.of(""));

  @BeforeAll
  void furnish(@TempDir Path shared) {
    folder = shared;
    cli = new TestCli(folder);
    model("model");
    Png.write(folder.resolve("ball.png"), picture(200));
    Png.write(folder.resolve("last.png"), picture(90));
    VideoWriter.write(folder.resolve("clip"), clip(8));
  }

  private Path model(String name) {
    PARTS.forEach((part, fixture) -> copy(fixture, folder.resolve(name).resolve(part)));
    return folder.resolve(name);
  }

  private static void copy(String fixture, Path to) {
    Path from = FIXTURES.resolve(fixture);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path there = to.resolve(from.relativize(file).toString());
        Files.createDirectories(there.getParent());
        Files.copy(file, there);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Frame picture(int level) {
    byte[] rgb = new byte[64 * 48 * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (level + i % 7);
    }
    return new Frame(64, 48, rgb);
  }

  private static Video clip(int frames) {
    List<Frame> all = new ArrayList<>();
    for (int i = 0; i < frames; i++) {
      all.add(picture(20 + 15 * i));
    }
    return new Video(all, 8);
  }

  private TestCli.Outcome run(String model, String... args) {
    return cli.run(
        Stream.concat(
                Stream.of(args),
                Stream.of("-m", model, "--steps", "2", "-s", "3", "--dtype", "f32"))
            .toArray(String[]::new));
  }

  private int frames(String out, String... args) throws IOException {
    TestCli.Outcome outcome =
        run("model", Stream.concat(Stream.of(args), Stream.of("-o", out)).toArray(String[]::new));
    assertThat(outcome.code()).as("%s: %s", String.join(" ", args), outcome.err()).isZero();
    int count = 0;
    try (VideoReader reader = VideoReader.open(folder.resolve(out))) {
      while (reader.next().isPresent()) {
        count++;
      }
    }
    return count;
  }

  /** A task, and how many frames come out. */
  record Task(int frames, String... args) {
    @Override
    public String toString() {
      return String.join(" ", args);
    }
  }

  private static Stream<Task> tasks() {
    return Stream.of(
        new Task(8, "generate", "a red ball", "--size", SIZE, "--frames", "8"),
        new Task(8, "animate", "ball.png", "a red ball", "--size", SIZE, "--frames", "8"),
        new Task(8, "interpolate", "ball.png", "last.png", "--size", SIZE, "--frames", "8"),
        new Task(8, "loop", "ball.png", "--size", SIZE, "--frames", "8"),
        new Task(
            14,
            "extend",
            "clip",
            "--size",
            SIZE,
            "--frames",
            "14",
            "--clip",
            "8",
            "--overlap",
            "4"),
        new Task(8, "restyle", "clip", "a red ball", "--size", SIZE, "--strength", "0.6"),
        new Task(8, "refine", "clip", "--scale", "2", "--strength", "0.6"),
        new Task(
            8,
            "travel",
            "--at",
            "0",
            "a red ball",
            "--at",
            "6",
            "a blue ball",
            "--size",
            SIZE,
            "--frames",
            "8"),
        new Task(20, "roll", "a red ball", "--size", SIZE, "--frames", "20", "--clip", "8"));
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void everyTask(Task task) throws IOException {
    assertThat(frames(task.args[0] + ".mp4", task.args)).isEqualTo(task.frames);
  }

  /** A strength that makes nothing again is refused, and one that does says what it keeps. */
  @Test
  void noStrengthIsRefused() {
    TestCli.Outcome none = run("model", "restyle", "clip", "a ball", "--strength", "0");
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("--strength").contains("0.01");
  }

  /** What learns is noised as the base's own file says, and goes back into it. */
  @Test
  void aLoraIsTrainedAndUsed() throws IOException {
    Files.writeString(
        folder.resolve("lora.yaml"),
        """
        {name: moves, seed: 3, steps: 2, batch: 1, precision: f32, optimizer: {lr: 1e-3},
         sample: {every: 0}, data: {kind: toybox, width: 64, height: 64, frames: 4},
         objective: {kind: adapt, base: {model: '%s'}, clips: 2,
                     parts: [{kind: lora, name: moves, targets: [time-attention], rank: 2}]}}
        """
            .formatted(folder.resolve("model")));
    TestCli.Outcome trained = cli.run("train", "lora.yaml", "--runs", "runs");
    assertThat(trained.code()).as(trained.err()).isZero();
    Path file;
    try (Stream<Path> all = Files.walk(folder.resolve("runs"))) {
      file = all.filter(f -> f.endsWith("trained/moves.safetensors")).findFirst().orElseThrow();
    }
    assertThat(cli.run("inspect", file.toString()).out())
        .contains("scaled_linear 8.5E-4-0.012")
        .contains("transformer_in.transformer_blocks.0.attn1.to_q.lora_A.weight")
        .contains("down_blocks.0.temp_attentions.0.");
    assertThat(
            frames(
                "lora.mp4",
                "generate",
                "a ball",
                "--size",
                SIZE,
                "--frames",
                "4",
                "--lora",
                file.toString()))
        .isEqualTo(4);
  }

  /** A file of a model, what in it is replaced, by what, and what is said. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "unet/config.json | 'attention_head_dim\": 2' | 'attention_head_dim\": 3' | features of a"
            + " head",
        "unet/config.json | 'CrossAttnDownBlock3D' | 'CrossAttnDownBlock2D' | unknown block"
            + " 'CrossAttnDownBlock2D'",
        "unet/config.json | 'UpBlock3D\",' | 'UpBlock2D\",' | unknown block 'UpBlock2D' on the way"
            + " up",
        "unet/config.json | 'act_fn\": \"silu\"' | 'act_fn\": \"gelu\"' | 'act_fn' is \"gelu\"",
        "unet/config.json | 'cross_attention_dim\": 16' | 'cross_attention_dim\": 24' | takes text"
            + " of 24 features",
        "unet/config.json | 'in_channels\": 4' | 'in_channels\": 9' | takes latents of 9 channels",
        "unet/config.json | 'layers_per_block\": 1' | 'layers_per_block\": 2' | it lacks",
        "unet/config.json | 'UNet3DConditionModel' | 'UNet4DConditionModel' | unet",
        "unet/config.json | '{' | '' | unet/config.json",
        "model_index.json | 'UNet3DConditionModel' | 'I2VGenXLUNet' | its unet is a I2VGenXLUNet",
        "model_index.json | 'TextToVideoSDPipeline' | 'I2VGenXLPipeline' | is I2VGen-XL, which this"
            + " version does not run",
        "model_index.json | 'TextToVideoSDPipeline' | 'TextToVideoPipeline' | is a"
            + " TextToVideoPipeline; this version runs",
        "model_index.json | '\"vae\"' | '\"other\"' | names no vae",
        "scheduler/scheduler_config.json | 'scaled_linear' | 'crooked' | crooked",
        "scheduler/scheduler_config.json | 'epsilon' | 'guess' | unknown prediction_type 'guess'",
        "text_encoder/config.json | 'gelu' | 'relu6' | hidden_act 'relu6' is unknown",
        "vae/config.json | 'AutoencoderKL' | 'VQModel' | VQModel",
        "tokenizer/vocab.json | '{' | '[' | vocab.json"
      })
  void whatIsWrongWithItsFilesIsSaidInALine(String file, String from, String to, String said)
      throws IOException {
    String name = "broken-" + Math.abs((file + from + to).hashCode());
    Path text = model(name).resolve(file);
    String old = Files.readString(text);
    String changed = old.replace(plain(from), plain(to));
    assertThat(changed).isNotEqualTo(old);
    Files.writeString(text, changed);
    refused(name, said);
  }

  private static String plain(String quoted) {
    return quoted.substring(1, quoted.length() - 1);
  }

  private void refused(String name, String said) {
    TestCli.Outcome outcome =
        run(name, "generate", "a ball", "--size", SIZE, "--frames", "2", "-o", name + ".mp4");
    assertThat(outcome.code()).isNotZero();
    assertThat(outcome.err()).contains(said);
    assertThat(outcome.err().strip()).hasLineCount(1);
    assertThat(folder.resolve(name + ".mp4")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "unet/diffusion_pytorch_model.safetensors, unet/diffusion_pytorch_model.bin",
    "text_encoder/model.safetensors, text_encoder/pytorch_model.bin"
  })
  void picklesAreRefusedWithTheWayToConvert(String weights, String pickle) throws IOException {
    String name = "pickled-" + weights.substring(0, 4);
    Path model = model(name);
    Files.move(model.resolve(weights), model.resolve(pickle));
    refused(name, "is a PyTorch pickle");
  }

  @Test
  void truncatedWeightsAreCalledTruncated() throws IOException {
    Path model = model("short");
    Path file = model.resolve("unet/diffusion_pytorch_model.safetensors");
    byte[] all = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(all, all.length - 8));
    refused("short", "truncated");
  }
}
