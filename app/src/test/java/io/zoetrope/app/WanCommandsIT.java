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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every task as a command on tiny models of Wan, Wan 2.2 and SkyReels-V2. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WanCommandsIT {
  private static final Path FIXTURES = Path.of("../core/src/test/resources/reference");

  private static final Map<String, String> SHARED =
      Map.of("vae", "wan_vae/v21", "text_encoder", "t5/umt5", "tokenizer", "t5_tokenizer/json");

  private Path folder = Path.of("");
  private TestCli cli = new TestCli(Path.of(""));

  @BeforeAll
  void furnish(@TempDir Path shared) throws IOException {
    folder = shared;
    cli = new TestCli(folder);
    for (String name : List.of("t2v", "experts", "i2v", "flf", "vace", "skyreels")) {
      copy("wan_pipelines/" + name, folder.resolve(name));
      SHARED.forEach((part, fixture) -> copy(fixture, folder.resolve(name).resolve(part)));
    }
    Png.write(folder.resolve("ball.png"), picture(200));
    Png.write(folder.resolve("last.png"), picture(90));
    VideoWriter.write(folder.resolve("clip"), clip(9));
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
    return new Video(all, 16);
  }

  private TestCli.Outcome run(String model, String... args) {
    return cli.run(
        Stream.concat(
                Stream.of(args),
                Stream.of("-m", model, "--steps", "2", "-s", "3", "--dtype", "f32"))
            .toArray(String[]::new));
  }

  private int frames(String model, String out, String... args) throws IOException {
    TestCli.Outcome outcome =
        run(model, Stream.concat(Stream.of(args), Stream.of("-o", out)).toArray(String[]::new));
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
    String size = "64x48";
    return Stream.of(
        new Task(9, "generate", "a red ball", "--size", size, "--frames", "9"),
        new Task(9, "animate", "ball.png", "a red ball", "--size", size, "--frames", "9"),
        new Task(9, "interpolate", "ball.png", "last.png", "--size", size, "--frames", "9"),
        new Task(9, "loop", "ball.png", "--size", size, "--frames", "9"),
        new Task(
            17,
            "extend",
            "clip",
            "--size",
            size,
            "--frames",
            "17",
            "--clip",
            "9",
            "--overlap",
            "5"),
        new Task(9, "restyle", "clip", "a red ball", "--size", size, "--strength", "0.6"),
        new Task(9, "refine", "clip", "--scale", "2", "--strength", "0.5"),
        new Task(
            13,
            "travel",
            "--at",
            "0",
            "a red ball",
            "--at",
            "8",
            "a blue ball",
            "--size",
            size,
            "--frames",
            "13",
            "--clip",
            "13"),
        new Task(21, "roll", "a red ball", "--size", size, "--frames", "21", "--clip", "13"));
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void everyTaskOnWan(Task task) throws IOException {
    assertThat(frames("t2v", "wan-%s.mp4".formatted(task.args[0]), task.args))
        .isEqualTo(task.frames);
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void everyTaskOnSkyReels(Task task) throws IOException {
    assertThat(frames("skyreels", "sky-%s.mp4".formatted(task.args[0]), task.args))
        .isEqualTo(task.frames);
  }

  @ParameterizedTest
  @ValueSource(strings = {"experts", "vace"})
  void otherModelsMakeVideosOfWords(String model) throws IOException {
    assertThat(
            frames(
                model,
                model + ".mp4",
                "generate",
                "a red ball",
                "--size",
                "64x48",
                "--frames",
                "9"))
        .isEqualTo(9);
  }

  @Test
  void modelsThatAreShownPictures() throws IOException {
    String[] animate = {"animate", "ball.png", "--size", "64x48", "--frames", "9"};
    assertThat(frames("i2v", "i2v.mp4", animate)).isEqualTo(9);
    assertThat(frames("vace", "vace-animate.mp4", animate)).isEqualTo(9);
    assertThat(
            frames(
                "flf",
                "flf.mp4",
                "interpolate",
                "ball.png",
                "last.png",
                "--size",
                "64x48",
                "--frames",
                "9"))
        .isEqualTo(9);
    TestCli.Outcome noised =
        run("i2v", "animate", "ball.png", "--size", "64x48", "--frames", "9", "--noise", "0.2");
    assertThat(noised.err()).contains("shown its picture beside the noise");
    TestCli.Outcome loop = run("i2v", "loop", "ball.png", "--size", "64x48", "--frames", "9");
    assertThat(loop.err()).contains("generate, animate and interpolate show it pixels");
    TestCli.Outcome one = run("flf", "animate", "ball.png", "--size", "64x48", "--frames", "9");
    assertThat(one.err()).contains("looks at pictures of 10 tokens in all, not of 5");
  }

  /** VACE makes what is under a mask, and is shown the rest. */
  @Test
  void partsOfAVideo() throws IOException {
    byte[] rgb = new byte[64 * 48 * 3];
    Arrays.fill(rgb, 0, rgb.length / 2, (byte) 255);
    Png.write(folder.resolve("mask.png"), new Frame(64, 48, rgb));
    String[] restyle = {"restyle", "clip", "a red ball", "--size", "64x48", "--mask", "mask.png"};
    assertThat(frames("vace", "part.mp4", restyle)).isEqualTo(9);
    assertThat(run("vace", restyle).err()).contains("under the mask is made from noise");
    String[] taking =
        Stream.concat(Stream.of(restyle), Stream.of("--reference-picture", "ball.png"))
            .toArray(String[]::new);
    assertThat(frames("vace", "taking.mp4", taking)).isEqualTo(9);
    assertThat(Files.readAllBytes(folder.resolve("taking.mp4")))
        .isNotEqualTo(Files.readAllBytes(folder.resolve("part.mp4")));
  }

  /** TAEHV in place of the large autoencoder; one of Wan 2.2's shape is refused. */
  @Test
  void tinyAutoencoders() throws IOException {
    copy("taehv", folder.resolve("taehv"));
    String[] usual = {"generate", "a red ball", "--size", "64x48", "--frames", "9"};
    String[] tiny =
        Stream.concat(Stream.of(usual), Stream.of("--vae", "taehv/w21/taew.safetensors"))
            .toArray(String[]::new);
    assertThat(frames("t2v", "large.mp4", usual)).isEqualTo(9);
    assertThat(frames("t2v", "tiny.mp4", tiny)).isEqualTo(9);
    assertThat(Files.readAllBytes(folder.resolve("tiny.mp4")))
        .isNotEqualTo(Files.readAllBytes(folder.resolve("large.mp4")));
    String[] animate = {
      "animate",
      "ball.png",
      "--size",
      "64x48",
      "--frames",
      "9",
      "--vae",
      "taehv/w21/taew.safetensors"
    };
    assertThat(frames("t2v", "tiny-animate.mp4", animate)).isEqualTo(9);
    String[] roll = {
      "roll",
      "a red ball",
      "--size",
      "64x48",
      "--frames",
      "21",
      "--clip",
      "13",
      "--vae",
      "taehv/w21/taew.safetensors"
    };
    assertThat(frames("skyreels", "tiny-roll.mp4", roll)).isEqualTo(21);
    tiny[tiny.length - 1] = "taehv/w22/taew.safetensors";
    assertThat(run("t2v", tiny).errors().getLast())
        .contains("4 channels at 1/16")
        .contains("of another family");
  }

  /** VACE takes something from pictures; others are not shown any. */
  @Test
  void picturesToTakeFrom() throws IOException {
    String[] two = {
      "generate",
      "a red ball",
      "--size",
      "64x48",
      "--frames",
      "9",
      "--reference-picture",
      "ball.png",
      "--reference-picture",
      "last.png"
    };
    assertThat(frames("vace", "two-pictures.mp4", two)).isEqualTo(9);
    TestCli.Outcome other = run("t2v", two);
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.errors().getLast()).contains("shown no pictures to take something from");
    String[] between = {"interpolate", "ball.png", "last.png", "--size", "64x48", "--frames", "9"};
    assertThat(frames("i2v", "between.mp4", between)).isEqualTo(9);
    assertThat(frames("vace", "vace-between.mp4", between)).isEqualTo(9);
  }

  /** 4n + 1 frames fill their latents; of others it is said. */
  @Test
  void otherNumbersOfFrames() throws IOException {
    assertThat(frames("t2v", "ten.mp4", "generate", "a ball", "--size", "64x48", "--frames", "10"))
        .isIn(10, 13);
  }

  @Test
  void theSecondGuidanceCounts() throws IOException {
    String[] usual = {"generate", "a red ball", "--size", "64x48", "--frames", "5"};
    assertThat(frames("experts", "one.mp4", usual)).isEqualTo(5);
    assertThat(
            frames(
                "experts",
                "two.mp4",
                Stream.concat(Stream.of(usual), Stream.of("--guidance-late", "1"))
                    .toArray(String[]::new)))
        .isEqualTo(5);
    assertThat(Files.readAllBytes(folder.resolve("two.mp4")))
        .isNotEqualTo(Files.readAllBytes(folder.resolve("one.mp4")));
  }
}
