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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every task as a command on a tiny model of Stable Video Diffusion. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StableVideoCommandsIT {
  private static final Path FIXTURES = Path.of("../core/src/test/resources/reference");
  private static final String SIZE = "24x16";

  private Path folder = Path.of("");
  private TestCli cli = new TestCli(Path.of(""));

  @BeforeAll
  void furnish(@TempDir Path shared) throws IOException {
    folder = shared;
    cli = new TestCli(folder);
    copy("svd_pipelines/svd", folder.resolve("svd"));
    copy("svd/unet", folder.resolve("svd/unet"));
    Png.write(folder.resolve("ball.png"), picture(200));
    Png.write(folder.resolve("last.png"), picture(90));
    VideoWriter.write(folder.resolve("clip"), clip(5));
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
    byte[] rgb = new byte[24 * 16 * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (level + i % 7);
    }
    return new Frame(24, 16, rgb);
  }

  private static Video clip(int frames) {
    List<Frame> all = new ArrayList<>();
    for (int i = 0; i < frames; i++) {
      all.add(picture(20 + 15 * i));
    }
    return new Video(all, 7);
  }

  private TestCli.Outcome run(String... args) {
    return cli.run(
        Stream.concat(
                Stream.of(args),
                Stream.of("-m", "svd", "--steps", "2", "-s", "3", "--size", SIZE, "--dtype", "f32"))
            .toArray(String[]::new));
  }

  private List<Frame> frames(String out, String... args) throws IOException {
    TestCli.Outcome outcome =
        run(Stream.concat(Stream.of(args), Stream.of("-o", out)).toArray(String[]::new));
    assertThat(outcome.code()).as("%s: %s", String.join(" ", args), outcome.err()).isZero();
    List<Frame> all = new ArrayList<>();
    try (VideoReader reader = VideoReader.open(folder.resolve(out))) {
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        all.add(next.get());
      }
    }
    return all;
  }

  /** To a folder of pictures, which loses nothing. */
  private List<Integer> pixels(String out, String... args) throws IOException {
    return frames(out, args).stream().map(frame -> Arrays.hashCode(frame.rgb())).toList();
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
        new Task(5, "animate", "ball.png"),
        new Task(5, "animate", "ball.png", "--hold", "replacement"),
        new Task(5, "animate", "ball.png", "--hold", "reconstruction"),
        new Task(8, "animate", "ball.png", "--frames", "8", "--window", "5"),
        new Task(5, "animate", "ball.png", "--sampler", "heun", "--guidance", "2"),
        new Task(5, "animate", "ball.png", "--picture-prompt", "last.png"),
        new Task(5, "generate", "a ball", "--picture-prompt", "ball.png"),
        new Task(
            5,
            "generate",
            "a ball",
            "--picture-prompt",
            "0:ball.png",
            "--picture-prompt",
            "4:last.png"),
        new Task(5, "interpolate", "ball.png", "last.png"),
        new Task(5, "loop", "ball.png"),
        new Task(9, "extend", "clip", "--frames", "9"),
        new Task(5, "restyle", "clip", "a ball", "--strength", "0.5"),
        new Task(5, "refine", "clip"));
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void everyTaskRuns(Task task) throws IOException {
    String out = "task-%08x.mp4".formatted(task.toString().hashCode());
    assertThat(frames(out, task.args())).hasSize(task.frames());
  }

  /** What it is told changes what it makes; the usual numbers are diffusers'. */
  @ParameterizedTest
  @CsvSource({
    "--motion-bucket, 127, 20",
    "--told-fps, 7, 24",
    "--augmentation, 0.02, 0.5",
    "--guidance-first, 1, 2.5",
    "--guidance, 3, 1.5",
  })
  void whatItIsToldCounts(String option, String usual, String other) throws IOException {
    List<Integer> plain = pixels("plain" + option, "animate", "ball.png");
    List<Integer> same = pixels("same" + option, "animate", "ball.png", option, usual);
    List<Integer> more = pixels("more" + option, "animate", "ball.png", option, other);
    assertThat(same).isEqualTo(plain);
    assertThat(more).isNotEqualTo(plain);
  }

  /** One line, and nothing is written. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "generate,a ball | makes videos of a picture",
        "roll,a ball,--frames,8,--context,2 | decodes piece by piece",
        "travel,--at,0,a ball,--at,4,a cube | makes videos of a picture",
        "animate,ball.png,--sampler,pndm | told the noise itself",
        "animate,ball.png,--sampler,lcm | told the noise itself",
        "animate,ball.png,--noise,0.2 | holds none that could have noise",
        "animate,ball.png,--augmentation,-1 | --augmentation",
        "animate,ball.png,--motion-bucket,-3 | --motion-bucket",
        "animate,ball.png,--guidance-first,-1 | --guidance-first",
        "animate,ball.png,--guidance-late,2 | has one network",
        "animate,clip | where a picture is needed",
        "animate,missing.png | missing.png",
        "animate,ball.png,--spacing,trailing,--sampler,unclip | told the noise itself",
      })
  void whatItCannotDoIsSaid(String args, String message) {
    TestCli.Outcome outcome =
        run(
            Stream.concat(Stream.of(args.split(",", -1)), Stream.of("-o", "not.mp4"))
                .toArray(String[]::new));
    assertThat(outcome.code()).isNotZero();
    assertThat(outcome.err()).contains(message);
    assertThat(folder.resolve("not.mp4")).doesNotExist();
  }

  @Test
  void wordsThatNobodyReadsAreSaid() {
    TestCli.Outcome outcome = run("animate", "ball.png", "a ball", "-o", "words.mp4");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.err()).contains("this model reads no words: the prompt changes nothing");
  }
}
