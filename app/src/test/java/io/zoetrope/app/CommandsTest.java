package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.data.FolderDataset;
import io.zoetrope.media.VideoReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the commands do when all is well. */
class CommandsTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;

  @Test
  void doctorSaysWhatThereIs() throws IOException {
    TestCli.Outcome outcome = new TestCli(folder).run("doctor", "--no-test", "--json");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.err()).isEmpty();
    JsonNode report = JSON.readTree(outcome.out());
    assertThat(report.path("ok").asBoolean()).isTrue();
    assertThat(report.at("/natives/class_path").size()).isEqualTo(1);
    assertThat(report.at("/natives/libtorch").asString()).startsWith("2.");
    assertThat(report.at("/machine/cores").asInt()).isPositive();
    assertThat(report.at("/video/mp4").asBoolean()).isTrue();
    assertThat(report.has("test")).isFalse();
  }

  @Test
  void nothingAskedForIsUsage() {
    TestCli.Outcome outcome = new TestCli(folder).run();
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).startsWith("Usage: zoetrope").contains("generate", "doctor");
  }

  @Test
  void helpIsAskedForInBothOrders() {
    TestCli cli = new TestCli(folder);
    assertThat(cli.run("help", "loop")).isEqualTo(cli.run("loop", "--help"));
    assertThat(cli.run("help")).isEqualTo(cli.run("--help"));
    assertThat(cli.run("help", "lop").code()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void shellsCompleteCommandsAndOptions(String shell) {
    TestCli.Outcome outcome = new TestCli(folder).run("completion", shell);
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("interpolate", "guidance").contains("zoetrope");
  }

  @Test
  void toyboxMakesASheetUnderANewName() throws IOException {
    TestCli cli = new TestCli(folder);
    for (String name : List.of("toybox-7.png", "toybox-7-2.png")) {
      TestCli.Outcome outcome =
          cli.run("toybox", "--seed", "7", "-n", "2", "--size", "32x32", "--frames", "4");
      assertThat(outcome.code()).isZero();
      assertThat(outcome.out().strip()).isEqualTo(folder.resolve(name).toString());
      assertThat(folder.resolve(name)).isNotEmptyFile();
    }
  }

  @Test
  void toyboxMakesADataSet() throws IOException {
    TestCli.Outcome outcome =
        new TestCli(folder)
            .run("toybox", "-o", "set/", "-n", "3", "--size", "32x32", "--frames", "4", "--json");
    assertThat(outcome.code()).isZero();
    JsonNode result = JSON.readTree(outcome.out());
    assertThat(result.path("clips").size()).isEqualTo(3);
    List<String> captions = Files.readAllLines(folder.resolve("set/captions.jsonl"));
    assertThat(captions).hasSize(3);
    JsonNode last = JSON.readTree(captions.get(2));
    assertThat(last.path("caption").asString())
        .isEqualTo(result.at("/clips/2/caption").asString())
        .isNotBlank();
    Path clip = folder.resolve("set").resolve(last.path("file_name").asString());
    assertThat(VideoReader.read(clip).frames()).hasSize(4);
    FolderDataset read =
        FolderDataset.open(folder.resolve("set"), FolderDataset.Options.of(32, 32, 4, 8));
    assertThat(read.size()).isEqualTo(3);
    assertThat(read.get(2).caption()).isEqualTo(last.path("caption").asString());
  }

  @Test
  void namedFileIsReplaced() throws IOException {
    Path file = folder.resolve("mine.gif");
    Files.writeString(file, "old");
    TestCli.Outcome outcome =
        new TestCli(folder)
            .run("toybox", "-o", "mine.gif", "--size", "32x32", "--frames", "3", "--quiet");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(VideoReader.read(file).frames()).hasSize(3);
  }

  @Test
  void cancelledCommandWritesNothing() throws IOException {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel();
    TestCli.Outcome outcome =
        new TestCli(folder, Map.of(), cancellation).run("toybox", "-o", "x.mp4");
    assertThat(outcome.code()).isEqualTo(130);
    assertThat(outcome.errors()).containsExactly("zoetrope: cancelled");
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "generate",
        "animate",
        "interpolate",
        "loop",
        "extend",
        "restyle",
        "refine",
        "travel",
        "roll",
        "pyramid",
        "resampling"
      })
  void plansAreDrawnAndTold(String task) throws IOException {
    TestCli cli = new TestCli(folder);
    TestCli.Outcome picture = cli.run("plan", task, "--frames", "8", "--steps", "4", "--plain");
    assertThat(picture.code()).isZero();
    assertThat(picture.out()).contains("step").matches("(?s)\\p{ASCII}*");
    TestCli.Outcome told = cli.run("plan", task, "--frames", "8", "--steps", "4", "--json");
    JsonNode plan = JSON.readTree(told.out());
    // A loop is planned with its first frame once more at the end.
    assertThat(plan.path("frames").asInt()).isEqualTo(task.equals("loop") ? 9 : 8);
    assertThat(plan.at("/plan/levels").size()).isEqualTo(plan.path("steps").asInt() + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"animate", "travel", "restyle"})
  void aSavedPlanIsThePlan(String task) throws IOException {
    TestCli cli = new TestCli(folder);
    TestCli.Outcome saved = cli.run("plan", task, "--save", "a.json", "--png", "a.png", "--json");
    assertThat(saved.code()).as(saved.err()).isZero();
    TestCli.Outcome again = cli.run("plan", "a.json", "--json");
    assertThat(JSON.readTree(again.out()).path("plan"))
        .isEqualTo(JSON.readTree(saved.out()).path("plan"))
        .isEqualTo(JSON.readTree(folder.resolve("a.json").toFile()));
    assertThat(VideoReader.probe(folder.resolve("a.png")).width()).isGreaterThan(400);
  }

  @Test
  void inspectListsTensors() throws IOException {
    Path file = folder.resolve("ok.safetensors");
    String header =
        "{\"__metadata__\":{\"made\":\"by hand\"},"
            + "\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
            + "\"b\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[24,32]}}";
    Files.write(file, BadFiles.file(header, 32));
    TestCli.Outcome text = new TestCli(folder).run("inspect", "ok.safetensors");
    assertThat(text.out()).contains("a.weight", "[2, 3]", "BF16", "10 parameters", "by hand");
    JsonNode told =
        JSON.readTree(new TestCli(folder).run("inspect", "ok.safetensors", "--json").out());
    assertThat(told.path("parameters").asLong()).isEqualTo(10);
    assertThat(told.at("/files/0/tensors").size()).isEqualTo(2);
  }

  @Test
  void modelsAreFoundInTheFoldersOfTheVariable() throws IOException {
    Path model = Files.createDirectories(folder.resolve("store/mine"));
    Files.writeString(model.resolve("model_index.json"), "{}");
    Files.write(model.resolve("model.safetensors"), BadFiles.file("{}", 0));
    TestCli cli = new TestCli(folder, Map.of("ZOETROPE_MODELS", "store"), new Cancellation());
    assertThat(cli.run("models").out()).contains("mine");
    assertThat(JSON.readTree(cli.run("models", "--json").out()).at("/models/0/name").asString())
        .isEqualTo("mine");
  }

  @Test
  void debugShowsWhere() {
    TestCli.Outcome outcome = new TestCli(folder).run("inspect", "nobody", "--debug");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("UserError", "\tat io.zoetrope");
  }
}
