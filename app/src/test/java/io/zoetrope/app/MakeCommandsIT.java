package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoReader;
import io.zoetrope.media.VideoWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands that make videos, with a tiny model: what comes out, and what is said about it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MakeCommandsIT {
  private static final JsonMapper JSON = new JsonMapper();

  private Path folder = Path.of("");
  private TestCli cli = new TestCli(Path.of(""));

  @BeforeAll
  void furnish(@TempDir Path shared) throws IOException {
    folder = shared;
    cli = TinyModel.train(folder, 6);
    Png.write(folder.resolve("ball.png"), picture(32, 32, 200));
    Png.write(folder.resolve("wide.png"), picture(61, 33, 90));
    VideoWriter.write(folder.resolve("ball"), video(32, 32, 6));
    VideoWriter.write(folder.resolve("large.mp4"), video(128, 64, 12));
    for (String odd : List.of("uneven.mkv", "ten-bit.mkv")) {
      try (InputStream in =
          Objects.requireNonNull(MakeCommandsIT.class.getResourceAsStream(odd), odd)) {
        Files.copy(in, folder.resolve(odd));
      }
    }
  }

  private static Frame picture(int width, int height, int level) {
    byte[] rgb = new byte[width * height * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (level + i % 7);
    }
    return new Frame(width, height, rgb);
  }

  private static Video video(int width, int height, int frames) {
    List<Frame> all = new ArrayList<>();
    for (int i = 0; i < frames; i++) {
      all.add(picture(width, height, 20 + 15 * i));
    }
    return new Video(all, 8);
  }

  /** Runs a command with the tiny model and few steps. */
  private TestCli.Outcome run(String... args) {
    return cli.run(
        Stream.concat(Stream.of(args), Stream.of("-m", "model", "--steps", "2", "-s", "3"))
            .toArray(String[]::new));
  }

  private JsonNode json(String... args) throws IOException {
    TestCli.Outcome outcome =
        run(Stream.concat(Stream.of(args), Stream.of("--json")).toArray(String[]::new));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return JSON.readTree(outcome.out());
  }

  private Video read(JsonNode result) {
    Video video = VideoReader.read(Path.of(result.path("out").asString()));
    assertThat(video.frames()).hasSize(result.path("frames").asInt());
    assertThat(video.width()).isEqualTo(result.path("width").asInt());
    assertThat(video.height()).isEqualTo(result.path("height").asInt());
    return video;
  }

  @Test
  void animate() throws IOException {
    JsonNode result = json("animate", "wide.png", "a", "red", "ball", "--frames", "4");
    assertThat(read(result).frames()).hasSize(4);
    assertThat(result.path("out").asString()).endsWith("wide-animate-3.mp4");
    assertThat(result.path("prompt").asString()).isEqualTo("a red ball");
    assertThat(result.at("/sources/0").asString())
        .isEqualTo("wide.png: 61x33 -> 32x32, centre crop");
    JsonNode padded = json("animate", "wide.png", "--fit", "pad", "--noise", "0.2", "-q");
    assertThat(padded.at("/sources/0").asString()).endsWith("black bars");
  }

  @ParameterizedTest
  @ValueSource(strings = {"replacement", "reconstruction"})
  void whatIsGivenMayBeHeldByGuidance(String how) throws IOException {
    JsonNode result =
        how.equals("reconstruction")
            ? json("animate", "ball.png", "--hold", how, "--weight", "3", "-o", "held/")
            : json("animate", "ball.png", "--hold", how, "-o", "held/");
    assertThat(result.path("hold").asString()).startsWith(how);
    Frame held = read(json("animate", "ball.png", "-o", "plan/")).frames().getFirst();
    assertThat(read(result).frames().getFirst().rgb()).isEqualTo(held.rgb());
  }

  @Test
  void interpolateAndLoop() throws IOException {
    JsonNode between = json("interpolate", "ball.png", "wide.png");
    assertThat(read(between).frames()).hasSize(6);
    assertThat(between.path("out").asString()).endsWith("ball-to-wide-3.mp4");
    assertThat(between.path("sources").size()).isEqualTo(2);
    JsonNode loop = json("loop", "ball.png", "a ball spins", "--frames", "5", "-o", "loop.gif");
    assertThat(read(loop).frames()).hasSize(5);
  }

  /** The source's own frames stay as they are, to the bit where the file can hold that. */
  @Test
  void extend() throws IOException {
    JsonNode result = json("extend", "ball", "--frames", "13", "--overlap", "2", "-o", "longer/");
    Video longer = read(result);
    assertThat(longer.frames()).hasSize(13);
    List<Frame> source = VideoReader.read(folder.resolve("ball")).frames();
    for (int i = 0; i < 6; i++) {
      assertThat(longer.frames().get(i).rgb()).isEqualTo(source.get(i).rgb());
    }
    assertThat(result.path("overlap").asInt()).isEqualTo(2);
    assertThat(json("extend", "ball").path("frames").asInt()).isEqualTo(6 + 6 - 4);
  }

  @Test
  void restyle() throws IOException {
    JsonNode result = json("restyle", "large.mp4", "a blue ball", "--strength", "0.5");
    assertThat(read(result).frames()).hasSize(12);
    assertThat(result.at("/sources/0").asString())
        .isEqualTo("large.mp4: 128x64 at 8 fps -> 32x32 at 8 fps, all 12 frames, centre crop");
    JsonNode part =
        json("restyle", "large.mp4", "a", "--start", "0.5", "--frames", "5", "--fps", "4");
    assertThat(part.at("/sources/0").asString()).contains("frames 2..5 of 6");
  }

  @Test
  void strengthMatters() throws IOException {
    List<byte[]> made = new ArrayList<>();
    for (String strength : List.of("0.01", "0.3", "1")) {
      JsonNode result = json("restyle", "ball", "x", "--strength", strength, "-o", "styled/");
      assertThat(result.path("strength").asDouble()).isEqualTo(Double.parseDouble(strength));
      made.add(read(result).frames().getFirst().rgb());
    }
    assertThat(made.get(0)).isNotEqualTo(made.get(1)).isNotEqualTo(made.get(2));
  }

  @Test
  void refine() throws IOException {
    JsonNode fromVideo = json("refine", "ball", "a red ball");
    assertThat(read(fromVideo).width()).isEqualTo(64);
    assertThat(fromVideo.path("from").asString()).isEqualTo("32x32");
    // Larger than the model makes: made small first, then twice that.
    JsonNode fromLarge = json("refine", "large.mp4", "--upscale", "latents", "--overlap", "2");
    assertThat(fromLarge.path("from").asString()).isEqualTo("44x24");
    assertThat(read(fromLarge).width()).isEqualTo(88);
    JsonNode fromWords = json("refine", "a", "red", "ball", "--frames", "3", "--size", "48x64");
    assertThat(read(fromWords).frames()).hasSize(3);
    JsonNode other = json("refine", "a red ball", "--refiner", "runs/video/model");
    assertThat(read(other).frames()).hasSize(6);
  }

  @Test
  void travel() throws IOException {
    for (String turn : List.of("between", "within")) {
      JsonNode result =
          json(
              "travel",
              "--at",
              "0",
              "a red ball",
              "--at",
              "6",
              "a blue ball",
              "--blend",
              "2",
              "--overlap",
              "2",
              "--turn",
              turn,
              "-o",
              turn + ".mp4");
      assertThat(read(result).frames()).hasSize(12);
      assertThat(result.at("/prompts/1").asString()).isEqualTo("a blue ball");
      assertThat(result.at("/at/1").asInt()).isEqualTo(6);
    }
  }

  @Test
  void roll() throws IOException {
    JsonNode result = json("roll", "a red ball", "--frames", "20", "--context", "2");
    assertThat(read(result).frames()).hasSize(20);
    run("roll", "a red ball", "--frames", "9", "--context", "2", "-o", "sheet.png");
    assertThat(VideoReader.probe(folder.resolve("sheet.png")).width()).isGreaterThan(96);
    JsonNode cued =
        json(
            "roll",
            "--at",
            "0",
            "a",
            "--at",
            "8",
            "b",
            "--frames",
            "70",
            "--context",
            "1",
            "-o",
            "roll.webm");
    assertThat(read(cued).frames()).hasSize(70);
    assertThat(cued.at("/log/0/frames").asInt()).isEqualTo(64);
  }

  /** Stopped half-way, a roll leaves a whole file with what it has made. */
  @ParameterizedTest
  @ValueSource(strings = {"stopped.mp4", "stopped.gif"})
  void aStoppedRollIsPlayable(String name) throws Exception {
    for (boolean endless : new boolean[] {true, false}) {
      Cancellation cancellation = new Cancellation();
      TestCli watched = new TestCli(folder, cli.environment(), cancellation);
      Path file = folder.resolve(name);
      Files.deleteIfExists(file);
      Thread stop =
          Thread.ofPlatform()
              .start(() -> {
                grows(file, 12_000);
                cancellation.cancel();
              });
      List<String> args = new ArrayList<>(List.of("roll", "a ball", "-m", "model", "-o", name));
      args.addAll(List.of("--steps", "2", "--context", "1"));
      if (!endless) {
        args.addAll(List.of("--frames", "100000"));
      }
      TestCli.Outcome outcome = watched.run(args.toArray(String[]::new));
      stop.interrupt();
      assertThat(outcome.code()).as(outcome.err()).isEqualTo(endless ? 0 : 130);
      assertThat(outcome.err()).contains(endless ? "until Ctrl-C" : "of 100000 frames, which are");
      assertThat(VideoReader.read(file).frames()).hasSizeGreaterThan(3);
    }
  }

  /** Waits until a file has so many bytes, this thread is interrupted, or two minutes are over. */
  private static void grows(Path file, long bytes) {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    try {
      while (size(file) < bytes && System.nanoTime() < deadline) {
        Thread.sleep(2);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long size(Path file) {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  @Test
  void aPlanOfOnesOwn() throws IOException {
    for (String task : List.of("animate", "generate", "restyle", "travel")) {
      TestCli.Outcome saved =
          cli.run("plan", task, "--frames", "5", "--given", "2", "--save", task + ".json");
      assertThat(saved.code()).as(saved.err()).isZero();
    }
    assertThat(cli.run("plan", "animate.json").out())
        .contains("12 steps, 5 frames, given: 0")
        .isEqualTo(cli.run("plan", "animate", "--frames", "5").out());
    String[] common = {"-m", "model", "-s", "3", "--json"};
    JsonNode animated = drawn(common, "animate", "ball.png", "--plan", "animate.json");
    assertThat(read(animated).frames()).hasSize(5);
    assertThat(read(drawn(common, "generate", "a ball", "--plan", "generate.json")).frames())
        .hasSize(5);
    assertThat(read(drawn(common, "restyle", "ball", "x", "--plan", "restyle.json")).frames())
        .hasSize(5);
    TestCli.Outcome wrong =
        cli.run("generate", "a ball", "-m", "model", "--plan", "animate.json", "-o", "no.mp4");
    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.err()).contains("wants frame 0 given, and there is none to give");
  }

  private JsonNode drawn(String[] common, String... args) throws IOException {
    TestCli.Outcome outcome =
        cli.run(Stream.concat(Stream.of(args), Stream.of(common)).toArray(String[]::new));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return JSON.readTree(outcome.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"animate", "loop", "roll"})
  void theFilmOfAPlan(String task) {
    TestCli.Outcome outcome =
        run("plan", task, "a red ball", "--gif", task + ".gif", "--png", task + ".png", "-q");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out().lines().toList()).hasSize(2);
    Video film = VideoReader.read(folder.resolve(task + ".gif"));
    assertThat(film.frames()).hasSizeGreaterThan(2 + 7);
    assertThat(VideoReader.read(folder.resolve(task + ".png")).width()).isGreaterThan(300);
  }

  @Test
  void theFilmOfATravelNeedsBothPrompts() {
    TestCli.Outcome outcome =
        run("plan", "travel", "a red ball", "a blue ball", "--gif", "t.gif", "--source", "ball");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    // A loop has one frame more than its source, which is the first one again.
    TestCli.Outcome loop =
        run("plan", "loop", "a ball", "--frames", "6", "--gif", "l.gif", "--source", "ball");
    assertThat(loop.code()).as(loop.err()).isZero();
    TestCli.Outcome one = run("plan", "travel", "a red ball", "--gif", "u.gif");
    assertThat(one.code()).isEqualTo(2);
    assertThat(one.err()).contains("blends 2 prompts: give as many, each in quotes");
    assertThat(folder.resolve("u.gif")).doesNotExist();
  }

  /** What is odd but can be used is used, and it is said how. */
  @ParameterizedTest
  @CsvSource({
    "uneven.mkv, uneven times evened",
    "ten-bit.mkv, 10 bit",
    "ten-bit.mkv, 45x33 at 25 fps",
    "ball, all 6 frames"
  })
  void oddSourcesAreTaken(String name, String report) throws IOException {
    for (String command : List.of("extend", "refine")) {
      JsonNode result = json(command, name, "a ball", "--overlap", "1", "-o", "odd.mp4");
      assertThat(result.at("/sources/0").asString()).contains(report);
      assertThat(read(result).frames()).isNotEmpty();
    }
  }

  /** Bad input that shows only once there is a model. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1| 6 already: ask for more than that| extend ball --frames 6",
        "1| 6 already: ask for more than that| extend ball --frames 1",
        "2| clips of 6 frames overlap by 1 to 5| extend ball --overlap 6",
        "2| clips of 6 frames overlap by 1 to 5| restyle ball x --overlap 9",
        "1| ends before 60.0 seconds| restyle ball x --start 60",
        "1| multiples of| animate ball.png --size 34x32",
        "1| refining makes a video larger| refine ball --size 16x16",
        "2| --context 5 leaves no window| roll x --context 5 --frames 9",
        "1| .webp| roll x --context 2 -o no.webp",
        "1| no-such-folder| animate ball.png -o no-such-folder/x.mp4",
        "1| no-such-folder| roll x --frames 9 --context 2 -o no-such-folder/x.mp4",
        "1| /proc/x.mp4| loop ball.png -o /proc/x.mp4",
        "1| there is no model 'nobody'| refine ball --refiner nobody",
        "1| is a file| interpolate ball.png wide.png -o ball.png/",
      })
  void oneLineRightCodeNothingWritten(int code, String message, String line) throws IOException {
    List<Path> before = listing();
    TestCli.Outcome outcome =
        run(Stream.concat(Stream.of(line.split(" ")), Stream.of("-q")).toArray(String[]::new));
    assertThat(outcome.err()).contains(message);
    assertThat(outcome.errors()).hasSize(1);
    assertThat(outcome.code()).isEqualTo(code);
    assertThat(outcome.out()).isEmpty();
    assertThat(listing()).isEqualTo(before);
  }

  @Test
  void sameSeedSameVideo() throws IOException {
    for (String line : List.of("animate ball.png x", "roll x --frames 9 --context 2")) {
      List<Frame> a = read(json((line + " -o a/").split(" "))).frames();
      List<Frame> b = read(json((line + " -o b/").split(" "))).frames();
      for (int i = 0; i < a.size(); i++) {
        assertThat(a.get(i).rgb()).isEqualTo(b.get(i).rgb());
      }
    }
  }

  private List<Path> listing() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }
}
