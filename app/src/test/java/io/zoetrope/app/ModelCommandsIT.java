package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Commands that need a model, with one that a few steps of training made: train, generate,
 * evaluate, inspect.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModelCommandsIT {
  private static final JsonMapper JSON = new JsonMapper();
  private Path folder = Path.of("");
  private TestCli cli = new TestCli(Path.of(""));

  @BeforeAll
  void train(@TempDir Path shared) throws IOException {
    folder = shared;
    cli = TinyModel.train(folder, 4);
  }

  @Test
  void trainingAgainAsksForResume() {
    TestCli.Outcome again = cli.run("train", "ae");
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.errors()).hasSize(1);
    assertThat(again.err()).contains("--resume continues it");
    assertThat(cli.run("train", "ae", "--resume").code()).isZero();
  }

  @Test
  void cancelledTrainingSavesAndGoesOn() throws IOException {
    Cancellation cancellation = new Cancellation();
    Files.writeString(
        folder.resolve("long.yaml"),
        TinyModel.AUTOENCODER.replace("name: ae", "name: long").replace("steps: 2", "steps: 12"));
    TestCli watched = new TestCli(folder, Map.of(), cancellation);
    Thread interrupt =
        Thread.ofPlatform()
            .start(() -> {
              Instant deadline = Instant.now().plusSeconds(120);
              Path first = folder.resolve("runs/long/checkpoints/step-000001");
              while (!Files.exists(first) && Instant.now().isBefore(deadline)) {
                LockSupport.parkNanos(1_000_000);
              }
              cancellation.cancel();
            });
    TestCli.Outcome outcome = watched.run("train", "long.yaml");
    interrupt.interrupt();
    // The last step may have been done before anybody looked.
    assertThat(outcome.code()).isIn(130, 0);
    if (outcome.code() == 130) {
      assertThat(outcome.err()).contains("'zoetrope train long.yaml --resume' goes on");
    }
    assertThat(new TestCli(folder).run("train", "long.yaml", "--resume").code()).isZero();
    assertThat(folder.resolve("runs/long/vae/config.json")).isNotEmptyFile();
  }

  @Test
  void sameSeedSameVideo() throws IOException {
    List<Frame> first = generate("a.png", "--seed", "5").frames();
    List<Frame> second = generate("b.png", "--seed", "5").frames();
    List<Frame> other = generate("c.png", "--seed", "6").frames();
    assertThat(first.getFirst().rgb()).isEqualTo(second.getFirst().rgb());
    assertThat(first.getFirst().rgb()).isNotEqualTo(other.getFirst().rgb());
  }

  @Test
  void generateSaysWhatItDid() throws IOException {
    TestCli.Outcome outcome =
        cli.run(
            "generate",
            "a",
            "red",
            "ball",
            "moves",
            "right",
            "--model",
            "model",
            "--seed",
            "3",
            "--steps",
            "2",
            "--frames",
            "3",
            "--size",
            "48x32",
            "--fps",
            "4",
            "--json",
            "-q");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).isEmpty();
    JsonNode result = JSON.readTree(outcome.out());
    Path made = folder.resolve("a-red-ball-moves-right-3.mp4");
    assertThat(result.path("out").asString()).isEqualTo(made.toString());
    assertThat(result.path("prompt").asString()).isEqualTo("a red ball moves right");
    assertThat(result.at("/seconds/total").asDouble()).isPositive();
    Video video = VideoReader.read(made);
    assertThat(video.frames()).hasSize(3);
    assertThat(video.width()).isEqualTo(48);
    assertThat(video.height()).isEqualTo(32);
    assertThat(video.fps()).isEqualTo(4);
  }

  @Test
  void generateTellsOfWordsItDoesNotKnow() {
    TestCli.Outcome outcome =
        cli.run("generate", "a red aardvark", "-m", "model", "--steps", "1", "-o", "d.gif");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.err()).contains("never seen the words: aardvark");
    assertThat(outcome.out().strip()).isEqualTo(folder.resolve("d.gif").toString());
  }

  @Test
  void cancelledGenerateLeavesNothing() throws IOException {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel();
    TestCli.Outcome outcome =
        new TestCli(folder, cli.environment(), cancellation)
            .run("generate", "a ball", "-m", "model", "-o", "never.mp4");
    assertThat(outcome.code()).isEqualTo(130);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(p -> p.getFileName().toString())).noneMatch(n -> n.contains("never"));
    }
  }

  @Test
  void sizesThatTheModelCannotMakeAreRefusedBeforeAnyWork() {
    TestCli.Outcome outcome =
        cli.run("generate", "a ball", "-m", "model", "--size", "34x32", "-o", "odd.mp4");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.errors()).hasSize(1);
    assertThat(outcome.err()).contains("multiples of").contains("is 36x32");
    assertThat(folder.resolve("odd.mp4")).doesNotExist();
  }

  @Test
  void evaluateCountsAndDraws() throws IOException {
    TestCli.Outcome outcome =
        cli.run(
            "evaluate",
            "-m",
            "model",
            "-n",
            "3",
            "--batch",
            "2",
            "--steps",
            "1",
            "--sheet",
            "sheet.png",
            "--json",
            "-q");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    JsonNode result = JSON.readTree(outcome.out());
    assertThat(result.at("/colour/of").asInt()).isEqualTo(3);
    assertThat(result.path("by_motion").isObject()).isTrue();
    assertThat(folder.resolve("sheet.png")).isNotEmptyFile();
  }

  @Test
  void evaluateMakesOtherSizesAndLengths() {
    TestCli.Outcome outcome =
        cli.run(
            ("evaluate -m model -n 1 --steps 1 --size 48x32 --frames 3 --sheet s.png"
                    + " --sheet-columns 3 --json -q")
                .split(" "));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(JSON.readTree(outcome.out()).at("/whole/of").asInt()).isEqualTo(1);
    assertThat(Png.read(folder.resolve("s.png")).width()).isGreaterThanOrEqualTo(3 * 48);
    TestCli.Outcome picture =
        cli.run("evaluate -m model -n 2 --steps 1 --frames 1 --json -q".split(" "));
    assertThat(picture.code()).as(picture.err()).isZero();
    JsonNode seen = JSON.readTree(picture.out());
    assertThat(seen.at("/shape/of").asInt()).isEqualTo(2);
    assertThat(seen.has("motion")).isFalse();
    TestCli.Outcome truth =
        cli.run("evaluate --truth -n 2 --size 192x128 --frames 8 --json -q".split(" "));
    assertThat(truth.code()).as(truth.err()).isZero();
    assertThat(JSON.readTree(truth.out()).at("/all/of").asInt()).isEqualTo(2);
  }

  @Test
  void evaluateRunsASuiteAndPlots() throws IOException {
    TestCli.Outcome outcome =
        cli.run(
            "evaluate",
            "--suite",
            "restyle",
            "-m",
            "model",
            "-n",
            "2",
            "--steps",
            "1",
            "--plots",
            "plots",
            "--json",
            "-q");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    JsonNode result = JSON.readTree(outcome.out());
    assertThat(result.at("/suite").asString()).isEqualTo("restyle");
    assertThat(result.at("/strength_0.4/change/n").asInt()).isEqualTo(2);
    assertThat(result.at("/promises").size()).isEqualTo(1);
    assertThat(folder.resolve("plots/restyle.png")).isNotEmptyFile();
  }

  @Test
  void evaluateMeasuresVideosOnDisk() throws IOException {
    assertThat(cli.run("toybox", "-n", "2", "-o", "clips/", "-q").code()).isZero();
    TestCli.Outcome outcome =
        cli.run("evaluate", "--videos", "clips", "--reference", "clips", "--json", "-q");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    JsonNode result = JSON.readTree(outcome.out());
    assertThat(result.at("/psnr_db/mean").asDouble()).isEqualTo(100);
    assertThat(result.at("/flicker_levels/n").asInt()).isEqualTo(2);
  }

  @Test
  void theAnalyserReadsRenderedClips() throws IOException {
    TestCli.Outcome outcome = cli.run("evaluate", "--truth", "-n", "10", "--json", "-q");
    JsonNode result = JSON.readTree(outcome.out());
    assertThat(result.at("/colour/right").asInt()).isEqualTo(10);
    assertThat(result.at("/all/right").asInt()).isGreaterThanOrEqualTo(9);
  }

  @Test
  void inspectAndModelsKnowTheModel() throws IOException {
    assertThat(cli.run("models").out()).contains("model");
    TestCli.Outcome outcome = cli.run("inspect", "model", "--json");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    JsonNode result = JSON.readTree(outcome.out());
    assertThat(result.path("files").size()).isEqualTo(3);
    assertThat(result.path("parameters").asLong()).isPositive();
    assertThat(result.path("kind").asString()).isEqualTo("ZoetropeTextToVideo");
    assertThat(result.path("components").findValuesAsString("name"))
        .containsExactly("transformer", "text_encoder", "vae");
    for (JsonNode component : result.path("components")) {
      assertThat(component.path("used").asInt()).isPositive();
      assertThat(component.path("dtypes").get(0).asString()).isEqualTo("bf16");
      assertThat(component.path("missing")).isEmpty();
    }
  }

  /** What keeps a model from being run is said, and its files are shown all the same. */
  @Test
  void inspectSaysWhatIsWrongWithAModel() throws IOException {
    Path copy = folder.resolve("partial");
    copy(folder.resolve("runs/video/model"), copy);
    Files.delete(copy.resolve("vae/config.json"));
    TestCli.Outcome outcome = cli.run("inspect", "partial", "--summary");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("cannot be run: no file " + copy.resolve("vae/config.json"))
        .contains("vae/diffusion_pytorch_model.safetensors");
  }

  @Test
  void damagedModelIsOneLine() throws IOException {
    Path copy = folder.resolve("damaged");
    copy(folder.resolve("runs/video/model"), copy);
    Path weights = copy.resolve("vae/diffusion_pytorch_model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    TestCli.Outcome outcome = cli.run("generate", "a ball", "-m", "damaged", "-o", "no.mp4");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.errors()).hasSize(1);
    assertThat(outcome.err()).contains("diffusion_pytorch_model.safetensors");
    Files.delete(copy.resolve("tokenizer/tokenizer.json"));
    assertThat(cli.run("generate", "a ball", "-m", "damaged", "-o", "no.mp4").errors()).hasSize(1);
    assertThat(folder.resolve("no.mp4")).doesNotExist();
  }

  private Video generate(String file, String... more) {
    String[] args =
        Stream.concat(
                Stream.of("generate", "a red ball", "--model", "model", "--steps", "2", "-o", file),
                Stream.of(more))
            .toArray(String[]::new);
    TestCli.Outcome outcome = cli.run(args);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return VideoReader.read(folder.resolve(file));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
