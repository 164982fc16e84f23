package io.zoetrope.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.LossWeight;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.TimestepSampler;
import io.zoetrope.error.UserError;
import io.zoetrope.train.method.AutoencoderMethod;
import io.zoetrope.train.method.DiffusionMethod;
import io.zoetrope.train.method.Method;
import io.zoetrope.train.method.Methods;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecipeTest {
  private static final String GOOD =
      """
      name: ok
      steps: 100
      batch: 4
      optimizer:
        lr: 3e-4
        weightDecay: 0.1
      schedule: {warmup: 10, floor: 0.1}
      data: {kind: toybox, frames: 1}
      objective:
        kind: autoencoder
        network: tiny
        init: some/model
      """;

  private static Recipe<Method> parse(String what, String text) {
    return parse(what, text, List.of());
  }

  private static Recipe<Method> parse(String what, String text, List<String> settings) {
    return Methods.ALL.parse(what, text, settings);
  }

  static List<Path> shipped() throws IOException {
    Path here = Path.of("").toAbsolutePath();
    Path folder =
        Files.isDirectory(here.resolve("recipes"))
            ? here.resolve("recipes")
            : here.resolveSibling("recipes");
    try (var files = Files.walk(folder)) {
      return files.filter(p -> p.toString().matches(".*\\.(ya?ml|json)")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void everyShippedRecipeIsGood(Path file) {
    Recipe<Method> recipe = Methods.ALL.read(file, List.of(), "setting");
    assertThat(recipe.settings().steps()).isEqualTo(recipe.steps());
    assertThat(file.getFileName().toString()).startsWith(recipe.name() + ".");
  }

  @Test
  void whatIsLeftOutHasItsDefault() {
    Recipe<Method> recipe = parse("r", GOOD);
    assertThat(recipe.optimizer().lr()).isEqualTo(3e-4);
    assertThat(recipe.optimizer().betas()).containsExactly(0.9, 0.99);
    assertThat(recipe.checkpoint()).isEqualTo(new Recipe.Checkpoint(500, 2));
    assertThat(recipe.data()).isEqualTo(new DataBlock.Toybox(0, 128, 128, 1, 8));
    assertThat(recipe.objective())
        .isInstanceOfSatisfying(
            AutoencoderMethod.class, a -> assertThat(a.init()).contains(Path.of("some/model")));
    assertThat(recipe.settings().learning().rate().at(9)).isEqualTo(3e-4);
  }

  @Test
  void jsonIsReadToo() {
    Recipe<Method> recipe =
        parse(
            "r",
            """
            {"name": "j", "steps": 1e3, "batch": 1, "optimizer": {"lr": 1E-3},
             "data": {"kind": "folder", "path": "clips"},
             "objective": {"kind": "diffusion", "network": "tiny", "autoencoder": "a",
                           "freeze": ["blocks.*.spatial.*", "text.*"], "prediction": "v",
                           "levels": {"kind": "uniform"}}}
            """);
    assertThat(recipe.steps()).isEqualTo(1000);
    DiffusionMethod d = (DiffusionMethod) recipe.objective();
    assertThat(d.prediction()).isEqualTo(Prediction.V);
    assertThat(d.noise().levels()).isEqualTo(new TimestepSampler.Uniform());
    assertThat(d.freeze()).containsExactly("blocks.*.spatial.*", "text.*");
    assertThat(d.clips().clips()).isEqualTo(4096);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "weightDecay: 0.1 | weigthDecay: 0.1 | line 6: optimizer.weigthDecay | 'weightDecay'?",
        "batch: 4 | batchsize: 4 | line 3: batchsize | there are name, seed",
        "batch: 4 | bach: 4 | line 3: bach | did you mean 'batch'?",
        "batch: 4 | batch: 0 | line 3: batch | at least 1, is 0",
        "batch: 4 | batch: 4.5 | line 3: batch | whole number",
        "batch: 4 | batch: many | line 3: batch | a number, is 'many'",
        "batch: 4 | batch: | line 3: batch | has no value",
        "batch: 4 | batch: [4] | line 3: batch | one value",
        "batch: 4 | seed: 4 | line 1: batch | is missing",
        "lr: 3e-4 | lr: -1 | line 5: optimizer.lr | above 0, is -1",
        "lr: 3e-4 | lr: NaN | line 5: optimizer.lr | a number, is 'NaN'",
        "lr: 3e-4 | lr: 1e999 | line 5: optimizer.lr | too large",
        "warmup: 10 | warmup: 101 | line 7: schedule.warmup | 0 to steps (100), is 101",
        "steps: 100 | steps: 0 | line 2: steps | at least 1",
        "steps: 100 | steps: 10000000000000000000000 | line 2: steps | in range",
        "name: ok | name: ../up | line 1: name | '../up'",
        "network: tiny | network: {a: 1} | line 11: objective.network | one value",
        "kind: autoencoder | kind: autoencodr | line 10: objective.kind | autoencoder, diffusion",
        "kind: autoencoder | l1: 1 | line 9: objective.kind | is ''",
        "kind: toybox | kind: toybox, fps: 0 | line 8: data.fps | above 0",
        "frames: 1 | frames: 0 | line 8: data.frames | 1 to 65536",
        "frames: 1 | frames: 1, frames: 2 | line 8: | Duplicate",
        "weightDecay: 0.1 | betas: [0.9] | line 6: optimizer.betas | two numbers",
        "weightDecay: 0.1 | betas: 0.9 | line 6: optimizer.betas | a list",
        "weightDecay: 0.1 | betas: [0.9, 1] | line 6: optimizer.betas | below 1",
        "weightDecay: 0.1 | weightDecay: *x | line 6: | aliases",
        "init: some/model | l1: -1 | line 12: objective.l1 | 0 or more",
        "init: some/model | l1: 0 | line 12: objective.l1 | nothing would be learned",
        "batch: 4 | precision: f16 | line 1: batch | is missing",
      })
  void mistakesAreNamedWithTheirLine(String good, String bad, String where, String why) {
    assertThat(GOOD).contains(good);
    assertThatThrownBy(() -> parse("r.yaml", GOOD.replaceFirst(good, bad)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("r.yaml " + where)
        .hasMessageContaining(why)
        .matches(e -> String.valueOf(e.getMessage()).lines().count() == 1);
  }

  private static final String DIFFUSION =
      """
      name: d
      steps: 100
      batch: 4
      optimizer: {lr: 3e-4}
      data: {kind: toybox}
      objective:
        kind: diffusion
        network: tiny
        autoencoder: a
      """;

  @Test
  void aBlockIsFlatAlsoWhereItsRecordIsNot() {
    DiffusionMethod plain = (DiffusionMethod) parse("r", DIFFUSION).objective();
    assertThat(plain.prediction()).isEqualTo(Prediction.FLOW);
    assertThat(plain.noise().perFrame()).isEqualTo(0.2);
    assertThat(plain.noise().levels()).isEqualTo(new TimestepSampler.LogitNormal(0, 1));
    assertThat(plain.noise().weight()).isEqualTo(new LossWeight.Constant());
    assertThat(plain.clips().captionDropout()).isEqualTo(0.1);
    DiffusionMethod set =
        (DiffusionMethod)
            parse(
                    "r",
                    DIFFUSION,
                    List.of(
                        "objective.cut=3",
                        "objective.weight={kind: min-snr, gamma: 3}",
                        "objective.levels={kind: logit-normal, std: 2}",
                        "objective.prediction={kind: edm, sigmaData: 0.5}",
                        "objective.perFrameDraw=batch"))
                .objective();
    assertThat(set.clips().cut()).isEqualTo(3);
    assertThat(set.noise().weight()).isEqualTo(new LossWeight.MinSnr(3));
    assertThat(set.noise().levels()).isEqualTo(new TimestepSampler.LogitNormal(0, 2));
    assertThat(set.prediction()).isEqualTo(Prediction.EDM);
    assertThat(set.noise().perFrameDraw()).isEqualTo(TimestepSampler.Decided.BATCH);
    assertThat(
            ((DiffusionMethod)
                    parse("r", DIFFUSION, List.of("objective.weight=sigmoid")).objective())
                .noise()
                .weight())
        .isEqualTo(new LossWeight.Sigmoid(2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "perFrame: 2 | line 10: objective.perFrame | 0 to 1",
        "cut: -1 | line 6: objective.clips must be at least 1 | cut at least 0",
        "images: 65 | line 10: objective.images | 0 to 64",
        "cuts: 1 | line 10: objective.cuts | did you mean 'cut'?",
        "weight: min-snt | line 10: objective.weight | constant, snr, min-snr, sigmoid",
        "weight: {kind: flat} | line 10: objective.weight.kind | constant, snr, min-snr, sigmoid",
        "weight: {kind: min-snr, gamma: 0} | line 10: objective.weight.gamma | above 0",
        "weight: | line 10: objective.weight | block with a kind",
        "prediction: {kind: edm, sigmaData: 0.7} | line 10: objective.prediction | by its name",
        "prediction: noise | line 10: objective.prediction | eps, x0, v, flow, edm",
        "levels: {kind: logit-normal, std: 0} | line 10: objective.levels.std | above 0",
        "levels: uniform | line 10: objective.levels | block with a kind",
        "perFrameDraw: frame | line 10: objective.perFrameDraw | clip, batch",
      })
  void mistakesInABlockAreNamedWithTheirLine(String more, String where, String why) {
    assertThatThrownBy(() -> parse("r.yaml", DIFFUSION + "  " + more + "\n"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("r.yaml " + where)
        .hasMessageContaining(why)
        .matches(e -> String.valueOf(e.getMessage()).lines().count() == 1);
  }

  @Test
  void settingsLieOverTheText() {
    Recipe<Method> recipe =
        parse(
            "r",
            GOOD,
            List.of(
                "batch=7",
                "name = other",
                "optimizer.betas=[0.5, 0.6]",
                "log.every=3",
                "objective.l1=2",
                "objective.l1=3",
                "data={kind: toybox, frames: 2}"));
    assertThat(recipe.batch()).isEqualTo(7);
    assertThat(recipe.name()).isEqualTo("other");
    assertThat(recipe.optimizer().betas()).containsExactly(0.5, 0.6);
    assertThat(recipe.optimizer().lr()).isEqualTo(3e-4);
    assertThat(recipe.log()).isEqualTo(new Recipe.Log(3));
    assertThat(recipe.data().frames()).isEqualTo(2);
    assertThat(recipe.objective())
        .isInstanceOfSatisfying(AutoencoderMethod.class, a -> assertThat(a.l1()).isEqualTo(3));
    assertThat(parse("r", GOOD, List.of())).isEqualTo(parse("r", GOOD));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "batch | setting batch: must be a key and a value",
        "=4 | setting =4: must be a key and a value",
        "objective..l1=4 | must be a key and a value",
        "bach=4 | setting: bach is not a key here: did you mean 'batch'?",
        "batch= | setting: batch has no value",
        "batch=0 | setting: batch must be at least 1, is 0",
        "batch=[1 | setting batch=[1 line 1",
        "optimizer.lr=-1 | setting: optimizer.lr must be above 0",
        "optimizer.lr.x=1 | there are no keys below that",
        "objective.l2=1 | setting: objective.l2 is not a key here",
        "objective.kind=nothing | setting: objective.kind must be one of",
      })
  void mistakesInSettingsAreNamed(String setting, String why) {
    assertThatThrownBy(() -> parse("r.yaml", GOOD, List.of(setting)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .matches(e -> String.valueOf(e.getMessage()).lines().count() == 1);
  }

  @Test
  void brokenTextIsOneLine() {
    for (String text :
        List.of("", "a", "[1]", "a: [", "a: b: c", "\t", "name: ok\n---\nx: 1", "\u0000")) {
      assertThatThrownBy(() -> parse("r.yaml", text))
          .isInstanceOf(UserError.class)
          .matches(e -> String.valueOf(e.getMessage()).lines().count() == 1)
          .hasMessageStartingWith("r.yaml");
    }
  }

  @Test
  void mutatedRecipesNeverCrash() {
    for (int i = 0; i < 3000; i++) {
      Random random = new Random(i);
      StringBuilder text = new StringBuilder(GOOD);
      for (int e = 0; e <= random.nextInt(3); e++) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, "{}[]:,&*!|>'\"%@`#-\n\t 019e~".charAt(random.nextInt(26)));
          default -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
        }
      }
      try {
        parse("r.yaml", text.toString());
      } catch (UserError e) {
        assertThat(String.valueOf(e.getMessage()).lines().count()).as("case %d", i).isEqualTo(1);
      } catch (RuntimeException e) {
        throw new AssertionError("case " + i + ":\n" + text, e);
      }
    }
  }
}
