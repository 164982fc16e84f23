package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.media.VideoMetadata;
import io.zoetrope.media.VideoReader;
import io.zoetrope.pipeline.order.FileSink;
import io.zoetrope.pipeline.order.Remembered;
import io.zoetrope.pipeline.order.Sources;
import io.zoetrope.pipeline.order.Studio;
import io.zoetrope.progress.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What files remember, and that they are made again by it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AgainTest {
  private Path folder = Path.of("");
  private TestCli cli = new TestCli(Path.of(""));

  @BeforeAll
  void furnish(@TempDir Path shared) throws IOException {
    folder = shared;
    cli = TinyModel.train(folder, 6);
    Png.write(folder.resolve("ball.png"), picture(200));
    Files.writeString(
        folder.resolve("twice.json"), "stages: [{}, {bridge: {kind: start-noise, strength: 0.6}}]");
  }

  private static Frame picture(int level) {
    byte[] rgb = new byte[32 * 32 * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (level + i % 7);
    }
    return new Frame(32, 32, rgb);
  }

  private TestCli.Outcome make(String... line) {
    List<String> words = new ArrayList<>(Arrays.asList(line));
    words.addAll(List.of("-m", "model", "--steps", "2", "-s", "3"));
    return good(words.toArray(String[]::new));
  }

  private TestCli.Outcome good(String... line) {
    TestCli.Outcome outcome = cli.run(line);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome;
  }

  /** All bytes of a file, or of a folder's files. */
  private static List<byte[]> bytes(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      List<byte[]> all = new ArrayList<>();
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        all.add(Files.readAllBytes(file));
      }
      return all;
    }
  }

  private static List<byte[]> frames(Path path) {
    return VideoReader.read(path).frames().stream().map(Frame::rgb).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"v.mp4", "v.webm", "v.gif", "v.webp", "v.png", "v/"})
  void everyContainerIsMadeAgainToTheByte(String name) throws IOException {
    make("animate", "ball.png", "a red ball", "--noise", "0.3", "--window", "4", "-o", name);
    good("again", name, "-o", "again-" + name, "-q");
    List<byte[]> once = bytes(folder.resolve(name));
    List<byte[]> twice = bytes(folder.resolve("again-" + name));
    assertThat(twice).hasSameSizeAs(once);
    if (name.endsWith(".webm")) {
      // Its track has a number that is drawn for each file; the frames are the same.
      once = frames(folder.resolve(name));
      twice = frames(folder.resolve("again-" + name));
    }
    for (int i = 0; i < once.size(); i++) {
      assertThat(Arrays.equals(twice.get(i), once.get(i))).as("part %d", i).isTrue();
    }
    good("again", name, "-o", "other-" + name, "-q", "--seed", "4");
    assertThat(bytes(folder.resolve("other-" + name)).getFirst())
        .isNotEqualTo(bytes(folder.resolve(name)).getFirst());
    assertThat(good("inspect", name).out())
        .contains("\"kind\" : \"animate\"", "\"noise\" : 0.3", "\"window\" : 4", "a red ball");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "generate 'a red ball'",
        "interpolate ball.png ball.png x",
        "loop ball.png x --hold reconstruction",
        "extend source/ --frames 9 --overlap 2",
        "restyle source/ 'a red ball' --start 0.25",
        "refine 'a red ball' --refiner runs/video/model --strength 0.3",
        "refine source/ --upscale latents",
        "cascade twice.json 'a red ball'",
        "travel --at 0 a --at 6 b --blend 2 --overlap 2",
        "roll a --frames 9 --context 2",
      })
  void everyCommandIsMadeAgain(String line) throws IOException {
    if (!Files.exists(folder.resolve("source"))) {
      make("generate", "a ball", "-o", "source/");
    }
    List<String> words = new ArrayList<>();
    for (String word : line.split(" (?=(?:[^']*'[^']*')*[^']*$)", -1)) {
      words.add(word.replace("'", ""));
    }
    words.addAll(List.of("-o", "all.gif"));
    make(words.toArray(String[]::new));
    good("again", "all.gif", "-o", "all-again.gif");
    assertThat(Files.readAllBytes(folder.resolve("all-again.gif")))
        .isEqualTo(Files.readAllBytes(folder.resolve("all.gif")));
  }

  private Sources sources() {
    return new Sources() {
      @Override
      public Path model(String name) {
        return folder.resolve("runs/video/model");
      }

      @Override
      public Path file(String path) {
        return folder.resolve(path);
      }
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"p.mp4", "p.gif", "p.webp", "p.png", "p/"})
  void aProgramMakesTheVeryFile(String name) throws IOException {
    make("animate", "ball.png", "a red ball", "--noise", "0.3", "-o", name);
    Path ours = folder.resolve(name);
    Path theirs = folder.resolve("program-" + name);
    Studio.make(
        Remembered.read(ours).orElseThrow().order(), sources(), FileSink.of(theirs), Progress.NONE);
    List<byte[]> once = bytes(ours);
    List<byte[]> twice = bytes(theirs);
    assertThat(twice).hasSameSizeAs(once);
    for (int i = 0; i < once.size(); i++) {
      assertThat(Arrays.equals(twice.get(i), once.get(i))).as("part %d", i).isTrue();
    }
  }

  @Test
  void nothingIsRememberedUnlessItIsWanted() throws IOException {
    make("generate", "a secret", "-o", "bare.mp4", "--no-metadata");
    assertThat(VideoMetadata.read(folder.resolve("bare.mp4")).entries()).isEmpty();
    assertThat(
            new String(Files.readAllBytes(folder.resolve("bare.mp4")), StandardCharsets.ISO_8859_1))
        .doesNotContain("secret");
    assertThat(good("inspect", "bare.mp4").out()).contains("does not say from which order");
    TestCli.Outcome again = cli.run("again", "bare.mp4");
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("does not say from which order it was made");
  }

  @Test
  void settingsChangeTheOrder() throws IOException {
    make("generate", "a ball", "-o", "set.mp4");
    good("again", "set.mp4", "--set", "wish.frames=4", "-o", "set-4.mp4");
    assertThat(VideoReader.read(folder.resolve("set-4.mp4")).frames()).hasSize(4);
    Remembered remembered = Remembered.read(folder.resolve("set-4.mp4")).orElseThrow();
    assertThat(remembered.order().wish().frames()).contains(4);
    for (String bad : List.of("wish.frame=4", "wish.frames=0", "nothing", "task.noise=1")) {
      TestCli.Outcome outcome = cli.run("again", "set.mp4", "--set", bad);
      assertThat(outcome.code()).isNotZero();
      assertThat(outcome.errors()).hasSize(1);
      assertThat(outcome.err()).contains("--set");
    }
  }

  @Test
  void aChangedOrMissingSourceIsSaid() throws IOException {
    Path source = folder.resolve("changing.png");
    Png.write(source, picture(100));
    make("animate", "changing.png", "-o", "changing.mp4");
    Png.write(source, picture(101));
    TestCli.Outcome changed = cli.run("again", "changing.mp4");
    assertThat(changed.code()).isEqualTo(1);
    assertThat(changed.errors()).hasSize(1);
    assertThat(changed.err()).contains("changing.png' is not what it was");
    Files.delete(source);
    TestCli.Outcome missing = cli.run("again", "changing.mp4");
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.errors()).hasSize(1);
    assertThat(missing.err()).contains("there is no file").contains("changing.png");
  }

  @Test
  void aChangedModelIsSaid() throws IOException {
    Path model = folder.resolve("runs/video/model");
    make("generate", "a ball", "-o", "model.mp4");
    Path index = model.resolve("model_index.json");
    byte[] before = Files.readAllBytes(index);
    Files.writeString(index, " ", StandardOpenOption.APPEND);
    assertThat(good("again", "model.mp4", "-o", "model-2.mp4").err())
        .contains("has changed since it was made: frames may differ");
    assertThat(good("inspect", "model.mp4").out()).contains("now '");
    Files.write(index, before);
    assertThat(good("again", "model.mp4", "-o", "model-2.mp4").err()).doesNotContain("has changed");
  }

  @Test
  void aDamagedMemoryIsOneLine() throws IOException {
    Path file = folder.resolve("damaged.png");
    VideoMetadata damaged =
        VideoMetadata.of(Remembered.KEY, "{\"version\": \"1\", \"models\": [], \"order\": {}}");
    try (var writer =
        io.zoetrope.media.VideoWriter.open(
            file, 32, 32, io.zoetrope.media.WriteOptions.at(8).metadata(damaged))) {
      writer.write(picture(9));
      writer.commit();
    }
    for (String command : List.of("again", "inspect")) {
      TestCli.Outcome outcome = cli.run(command, "damaged.png");
      assertThat(outcome.code()).isEqualTo(1);
      assertThat(outcome.errors()).hasSize(1);
      assertThat(outcome.err()).contains("order.task is missing");
    }
  }

  @Test
  void extendGoesOnByTheWordsOfTheFile() {
    make("generate", "a red ball", "-o", "told.mp4");
    assertThat(make("extend", "told.mp4", "--frames", "8", "-o", "longer.mp4").err())
        .contains("goes on by the words that the file remembers: \"a red ball\"");
    make("generate", "a red ball", "--no-metadata", "-o", "untold.mp4");
    assertThat(make("extend", "untold.mp4", "--frames", "8", "-o", "longer.mp4").err())
        .contains("without a prompt");
  }
}
