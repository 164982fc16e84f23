package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.terminal.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Defaults, presets and aliases; models that go. */
class PreferencesTest {
  @TempDir private Path folder;
  private Path config = Path.of("");

  @BeforeEach
  void furnish() throws IOException {
    config = folder.resolve(".config/zoetrope/config.yaml");
    Files.createDirectories(config.getParent());
  }

  private TestCli.Outcome run(String... line) {
    return new TestCli(
            folder,
            Map.of("HOME", folder.toString(), "HF_HOME", folder.resolve("hf").toString()),
            new Cancellation())
        .run(line);
  }

  private void write(String... lines) throws IOException {
    Files.writeString(config, String.join("\n", lines) + "\n");
  }

  private JsonNode toybox(String... more) {
    List<String> words = new java.util.ArrayList<>(List.of("toybox", "-o", "t.png", "--json"));
    words.addAll(List.of(more));
    TestCli.Outcome outcome = run(words.toArray(String[]::new));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return new JsonMapper().readTree(outcome.out());
  }

  @Test
  void whatIsPreferredCountsUnlessMoreIsTyped() throws IOException {
    write("# mine", "defaults:", "  count: 2", "  size: 32x32", "  frames: 4");
    assertThat(toybox().path("clips").size()).isEqualTo(2);
    assertThat(toybox("-n", "3").path("clips").size()).isEqualTo(3);
    assertThat(run("doctor", "--no-test").out()).contains(config + " is read");
  }

  @Test
  void presetsStandOverDefaults() throws IOException {
    write("defaults: {steps: 7}", "presets: {draft: {steps: none}, film: {steps: 30}}");
    // A value that cannot be tells which of them was taken, and where it stands.
    TestCli.Outcome draft = run("generate", "a", "--preset", "draft");
    assertThat(draft.code()).isEqualTo(2);
    assertThat(draft.err()).contains("--steps: 'none' is not", "says '" + config + "'");
    TestCli.Outcome typed = run("generate", "a", "--preset=draft", "--steps", "many");
    assertThat(typed.err()).contains("'many'").doesNotContain("says");
    TestCli.Outcome unknown = run("generate", "a", "--preset", "drft");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("no preset 'drft'", "draft, film");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "defaults: {stepz: 3}           | unknown key 'stepz' in defaults: did you mean steps?",
        "presets: {a: {szie: 3}}        | unknown key 'szie' in presets.a: did you mean size?",
        "default: {steps: 3}            | unknown key 'default': use defaults, presets, aliases",
        "defaults: {steps: [3, 4]}      | defaults.steps is no single value",
        "defaults: 3                    | defaults holds no keys",
        "defaults: {help: true}         | unknown key 'help'",
        "defaults: {                    | line",
      })
  void whatIsWrongIsALine(String text, String said) throws IOException {
    write(text);
    TestCli.Outcome outcome = run("toybox");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.errors()).hasSize(1);
    assertThat(outcome.err()).contains(config.toString(), said);
    // Help is there whatever the file says.
    assertThat(run("help").code()).isZero();
  }

  @Test
  void anotherFileOrNone() throws IOException {
    write("defaults: {count: 2}");
    Path other = Files.writeString(folder.resolve("o.yaml"), "defaults: {count: 5, size: 32x32}");
    TestCli cli =
        new TestCli(folder, Map.of("ZOETROPE_CONFIG", other.toString()), new Cancellation());
    assertThat(cli.run("toybox", "--json").out()).contains("\"index\" : 4");
    TestCli off =
        new TestCli(
            folder, Map.of("ZOETROPE_CONFIG", "off", "HOME", "" + folder), new Cancellation());
    assertThat(off.run("doctor", "--no-test").out()).contains("config").doesNotContain("is read");
    TestCli missing = new TestCli(folder, Map.of("ZOETROPE_CONFIG", "no.yaml"), new Cancellation());
    assertThat(missing.run("models").err()).contains("there is no file");
  }

  private void model(String path) throws IOException {
    Path made = Files.createDirectories(folder.resolve(path));
    Files.writeString(made.resolve("model_index.json"), "{}");
    Files.write(made.resolve("a.safetensors"), new byte[1000]);
  }

  @Test
  void aliasesAreNamesOfModels() throws IOException {
    model("models/ball");
    write("# mine", "aliases:", "  other: x/y # kept");
    assertThat(run("models", "alias", "b", "ball").code()).isZero();
    assertThat(run("models", "alias", "b", "ball").code()).isZero();
    assertThat(config).hasContent("# mine\naliases:\n  b: 'ball'\n  other: x/y # kept\n");
    assertThat(run("models").out()).contains("b                is ball");
    // Found: what is wrong with it is another thing than that it is not there.
    assertThat(run("generate", "a", "-m", "b").err()).doesNotContain("there is no model");
    assertThat(run("generate", "a", "-m", "c").err()).contains("there is no model 'c'");
    assertThat(run("models", "alias", "b c", "ball").err()).contains("'b c' is no alias");
    write("aliases: {b: c}");
    assertThat(run("models", "alias", "d", "ball").err()).contains("'" + config + "'");
  }

  @Test
  void modelsGoFromTheirFoldersOnly() throws IOException {
    model("models/ball");
    model("elsewhere");
    model("hf/hub/models--org--net/snapshots/0123456789");
    TestCli.Outcome asked = run("models", "rm", "ball");
    assertThat(asked.code()).isEqualTo(2);
    assertThat(asked.err()).contains("say --yes");
    for (String name : List.of("elsewhere", "../elsewhere", ".", "..", "models/ball", "x", "")) {
      TestCli.Outcome outcome = run("models", "rm", name, "--yes");
      assertThat(outcome.code()).as(name).isEqualTo(1);
      assertThat(outcome.err()).as(name).contains("no model '" + name + "' to delete");
    }
    assertThat(run("models", "rm", "ball", "--yes").code()).isZero();
    assertThat(run("models", "rm", "org/net", "--yes").out()).contains("1002 bytes");
    assertThat(folder.resolve("models/ball")).doesNotExist();
    assertThat(folder.resolve("hf/hub/models--org--net")).doesNotExist();
    assertThat(folder.resolve("elsewhere/a.safetensors")).exists();
  }

  @Test
  void behindALinkNothingIsDeleted() throws IOException {
    model("elsewhere");
    Files.createDirectories(folder.resolve("models"));
    Files.createSymbolicLink(folder.resolve("models/ball"), folder.resolve("elsewhere"));
    assertThat(run("models", "rm", "ball", "--yes").code()).isZero();
    assertThat(folder.resolve("models/ball")).doesNotExist();
    assertThat(folder.resolve("elsewhere/a.safetensors")).exists();
  }
}
