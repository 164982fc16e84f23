package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.media.VideoReader;
import java.io.IOException;
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
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Several videos by one command, and one video in several files. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SeveralTest {
  private static final JsonMapper JSON = new JsonMapper();

  private Path folder = Path.of("");
  private TestCli cli = new TestCli(Path.of(""));

  @BeforeAll
  void furnish(@TempDir Path shared) throws IOException {
    folder = shared;
    cli = TinyModel.train(folder, 4);
    Files.writeString(
        folder.resolve("prompts.txt"), "\uFEFFa red ball\n\n# not this one\n  a blue ball \r\n");
    Files.writeString(folder.resolve("nothing.txt"), "\n# nothing\n");
    Files.writeString(folder.resolve("long.txt"), "a ball\n" + "x".repeat(3000));
    Files.writeString(folder.resolve("twice.txt"), "a ball\na ball\n");
  }

  private TestCli.Outcome run(String... line) {
    List<String> words = new ArrayList<>(Arrays.asList(line));
    words.addAll(List.of("-m", "model", "--steps", "2"));
    return cli.run(words.toArray(String[]::new));
  }

  private TestCli.Outcome good(String... line) {
    TestCli.Outcome outcome = run(line);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome;
  }

  private List<String> names(String in) throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve(in))) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void everySeedMakesTheVideoThatItMakesAlone() throws IOException {
    TestCli.Outcome several = good("generate", "a ball", "-s", "5..6,9", "-o", "s.mp4", "--json");
    JsonNode json = JSON.readTree(several.out());
    assertThat(json.path("videos").size()).isEqualTo(3);
    assertThat(json.at("/videos/2/seed").asLong()).isEqualTo(9);
    assertThat(json.path("sheet").asString()).endsWith("s-sheet.png");
    for (String seed : List.of("5", "6", "9")) {
      good("generate", "a ball", "-s", seed, "-o", "alone.mp4");
      assertThat(folder.resolve("s-%s.mp4".formatted(seed)))
          .hasSameBinaryContentAs(folder.resolve("alone.mp4"));
    }
    assertThat(cli.run("again", "s-9.mp4", "-o", "again.mp4").code()).isZero();
    assertThat(folder.resolve("again.mp4")).hasSameBinaryContentAs(folder.resolve("s-9.mp4"));
    assertThat(several.err()).containsSubsequence("1 of 3: seed 5", "3 of 3: seed 9");
    // Loaded once: the model's word on what it cannot read would be there again.
    assertThat(several.errors().stream().filter(row -> row.contains("never seen")))
        .hasSizeLessThan(2);
  }

  @Test
  void countGoesOnFromASeed() {
    TestCli.Outcome outcome =
        good("generate", "a ball", "-n", "2", "-s", "41", "-o", "c-{seed}.gif");
    assertThat(outcome.out().lines().map(line -> Path.of(line).getFileName().toString()))
        .containsExactly("c-41.gif", "c-42.gif", "c-sheet.png");
  }

  @Test
  void everyPromptOfAFileByEverySeed() throws IOException {
    good("generate", "--prompt-file", "prompts.txt", "-s", "1,2", "-o", "takes/");
    assertThat(names("takes"))
        .containsExactly(
            "a-blue-ball-1.mp4",
            "a-blue-ball-2.mp4",
            "a-red-ball-1.mp4",
            "a-red-ball-2.mp4",
            "sheet.png");
    good("generate", "--prompt-file", "prompts.txt", "-s", "7", "-o", "p.gif");
    assertThat(folder.resolve("p-1.gif")).exists();
    assertThat(folder.resolve("p-2.gif")).exists();
  }

  @Test
  void oneVideoInSeveralFormats() {
    TestCli.Outcome outcome =
        good("generate", "a ball", "-o", "m.mp4", "-o", "m.webp", "-o", "m/", "-o", "m.jpg");
    assertThat(outcome.out().lines()).hasSize(4);
    for (String name : List.of("m.mp4", "m.webp", "m")) {
      assertThat(VideoReader.read(folder.resolve(name)).frames()).hasSize(4);
    }
    assertThat(cli.run("inspect", "m.jpg").out()).contains("a ball");
  }

  @ParameterizedTest
  @ValueSource(strings = {"p.webp", "p.gif", "p.png", "p.mp4"})
  void aPreviewChangesNothing(String name) {
    good("generate", "a ball", "-s", "4", "-o", "seen.mp4", "--preview", name);
    good("generate", "a ball", "-s", "4", "-o", "unseen.mp4");
    assertThat(folder.resolve("seen.mp4")).hasSameBinaryContentAs(folder.resolve("unseen.mp4"));
    int frames = VideoReader.read(folder.resolve(name)).frames().size();
    assertThat(frames).isEqualTo(name.endsWith("png") ? 1 : 4);
  }

  @Test
  void latentsAreDecodedToTheFramesThatTheyWere() {
    good("generate", "a ball", "-o", "l.png", "--save-latents", "l.latents.safetensors");
    TestCli.Outcome outcome =
        cli.run("decode", "l.latents.safetensors", "-m", "model", "-o", "l2.png");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(VideoReader.read(folder.resolve("l2.png")).frames().getFirst().rgb())
        .isEqualTo(VideoReader.read(folder.resolve("l.png")).frames().getFirst().rgb());
    String vae = folder.resolve("runs/video/model").toString();
    TestCli.Outcome other =
        cli.run("decode", "l.latents.safetensors", "-m", "model", "--vae", vae, "-o", "l4.png");
    assertThat(other.code()).as(other.err()).isZero();
    assertThat(folder.resolve("l4.png")).hasSameBinaryContentAs(folder.resolve("l2.png"));
    TestCli.Outcome nobody =
        cli.run("decode", "l.latents.safetensors", "-m", "model", "--vae", "none", "-o", "l3.png");
    assertThat(nobody.errors()).hasSize(1);
    for (String none : List.of("l.png", "no.safetensors", "model")) {
      TestCli.Outcome failed = cli.run("decode", none, "-m", "model", "-o", "l3.png");
      assertThat(failed.code()).as(none).isEqualTo(1);
      assertThat(failed.errors()).as(none).hasSize(1);
    }
    TestCli.Outcome weights =
        cli.run("decode", "runs/ae/model.safetensors", "-m", "model", "-o", "l3.png");
    assertThat(weights.errors()).hasSize(1);
    assertThat(folder.resolve("l3.png")).doesNotExist();
  }

  @Test
  void foldersOfJpegs() throws IOException {
    good("generate", "a ball", "-o", "j/", "--format", "jpg");
    good("generate", "a ball", "-o", "k/%05d.jpg");
    assertThat(names("j")).containsExactly("00000.jpg", "00001.jpg", "00002.jpg", "00003.jpg");
    assertThat(names("k")).isEqualTo(names("j"));
    assertThat(cli.run("again", "k", "-o", "l/%05d.jpg").code()).isZero();
    assertThat(folder.resolve("l/00003.jpg")).exists();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "generate a --seed 3..1                         | 2 | '3..1' is no range",
        "generate a --seed 1,1                          | 2 | has seed 1 twice",
        "generate a --seed 1,2 --count 2                | 2 | leave out --count",
        "generate a --seed 9223372036854775807 -n 2     | 2 | is too large for 2 videos",
        "generate a -n 2 -o -                           | 2 | for one video alone",
        "generate a -o - -o b.mp4                       | 2 | for one video alone",
        "generate a -n 2 -o {prompt}.mp4                | 2 | two videos would go to 'a.mp4'",
        "generate a -o b.mp4 -o b.mp4                   | 2 | would go to 'b.mp4'",
        "generate a -n 2 --save-latents x.safetensors   | 2 | --save-latents is for one video",
        "generate a -o frames/%d.jpg                    | 2 | %05d.jpg",
        "generate a -o b.mp4 --format gif               | 2 | --format goes with",
        "generate a --preview p.avi                     | 2 | --preview 'p.avi': cannot write",
        "generate a --preview p/                        | 2 | must be a file",
        "generate a --preview no/p.gif                  | 2 | there is no folder",
        "roll a -n 2                                    | 2 | say --frames",
        "generate a --prompt-file prompts.txt           | 2 | both say what to show",
        "roll --at 0 a --prompt-file prompts.txt        | 2 | not both",
        "generate --prompt-file none.txt                | 1 | there is no file 'none.txt'",
        "generate --prompt-file nothing.txt             | 1 | has no prompt",
        "generate --prompt-file long.txt                | 2 | line 2 of 'long.txt' is 3000",
        "generate --prompt-file twice.txt -o t/         | 2 | two videos would go to",
      })
  void whatCannotBeIsALine(String line, int code, String said) throws IOException {
    List<String> before = names("");
    TestCli.Outcome outcome = run(line.strip().split(" +", -1));
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
    assertThat(outcome.errors()).hasSize(1);
    assertThat(outcome.err()).contains(said);
    assertThat(names("")).isEqualTo(before);
  }
}
