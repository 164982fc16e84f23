package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.app.cli.terminal.Cancellation;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a video of a model takes of this machine, as {@code inspect} and {@code doctor} say it. */
class EstimatesTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path folder;

  private TestCli cli() {
    String models = Path.of("../models").toAbsolutePath().normalize().toString();
    return new TestCli(folder, Map.of("ZOETROPE_MODELS", models), new Cancellation());
  }

  private JsonNode inspected(String... more) {
    String[] words = new String[3 + more.length];
    System.arraycopy(new String[] {"inspect", "toybox", "--json"}, 0, words, 0, 3);
    System.arraycopy(more, 0, words, 3, more.length);
    TestCli.Outcome outcome = cli().run(words);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return JSON.readTree(outcome.out());
  }

  @Test
  void inspectSaysSecondsAStepAndWhetherItFits() {
    TestCli.Outcome text = cli().run("inspect", "toybox", "--summary");
    assertThat(text.out())
        .contains("16 frames of 128x128 in f32: about")
        .contains(" a step (estimated: ");
    JsonNode usual = inspected();
    assertThat(usual.path("estimated_seconds_per_step").path("f32").asDouble())
        .isBetween(1e-4, 60.0);
    for (String precision : new String[] {"f32", "bf16"}) {
      assertThat(usual.path("fits").path(precision).asBoolean()).isTrue();
    }
    double operations = usual.path("operations_per_step").asDouble();
    assertThat(inspected("--frames", "8").path("operations_per_step").asDouble())
        .isLessThan(operations);
    assertThat(inspected("--size", "256x128").path("operations_per_step").asDouble() / operations)
        .isCloseTo(2, within(0.3));
  }

  @Test
  void moreThanThereIsDoesNotFit() {
    JsonNode large = inspected("--size", "4096x4096", "--frames", "256");
    assertThat(large.path("fits").path("f32").asBoolean()).isFalse();
    assertThat(cli().run("inspect", "toybox", "--size", "4096x4096", "--frames", "256").out())
        .contains("that are free");
  }

  @Test
  void sizesThatAModelDoesNotMakeAreRefused() {
    TestCli.Outcome odd = cli().run("inspect", "toybox", "--size", "130x128");
    assertThat(odd.code()).isEqualTo(1);
    assertThat(odd.errors().getLast()).contains("must be multiples of");
  }

  @Test
  void doctorLooksAtAModel() {
    TestCli.Outcome outcome = cli().run("doctor", "--no-test", "--model", "toybox", "--json");
    JsonNode model = JSON.readTree(outcome.out()).path("model");
    assertThat(model.path("video").asString()).isEqualTo("16 frames of 128x128");
    assertThat(model.path("f32_memory_bytes").asLong()).isPositive();
    assertThat(model.has("f32_step_seconds")).isFalse();
    TestCli.Outcome none = cli().run("doctor", "--no-test", "--model", "nobody");
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.errors().getLast()).contains("there is no model 'nobody'");
  }
}
