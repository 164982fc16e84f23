package io.zoetrope.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.record.Default;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.Objective;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.method.Method;
import io.zoetrope.train.method.Methods;
import io.zoetrope.train.method.Prepared;
import io.zoetrope.train.method.Product;
import io.zoetrope.train.method.Setting;
import io.zoetrope.train.recipe.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A method that zoetrope does not have: a record of its own and a line in the table. */
class FictitiousMethodTest {
  @TempDir Path runs;

  /**
   * Numbers that learn to be one number.
   *
   * @param goal that number
   * @param count how many
   */
  record Settle(double goal, @Default("3") int count) implements Method {
    @Override
    public Prepared prepare(Setting setting) {
      ParameterStore store =
          setting.store(Map.of(), Precision.of(setting.recipe().precision(), count));
      Tensor x = store.root().plain("x", Init.normal(1), count);
      store.trainable(name -> true);
      Path file = setting.folder().root().resolve("settled.txt");
      Objective objective = step -> x.sub(Tensors.full(goal, count)).square().mean();
      return Prepared.of(
          setting,
          store.parameters(),
          objective,
          new Product(
              file,
              ema ->
                  AtomicFiles.text(
                      file,
                      Arrays.toString(
                          Tensors.toFloats(Objects.requireNonNull(ema.tensors().get("x")))))));
    }
  }

  private static final Methods METHODS = Methods.ALL.with("settle", Settle.class);

  private static final String RECIPE =
      """
      name: settle
      steps: 60
      batch: 1
      optimizer: {lr: 0.2}
      ema: 0.0
      data: {kind: toybox, frames: 1}
      objective: {kind: settle, goal: 2.5}
      """;

  @Test
  void oneFileAndALineOfTheTableAreAMethod() throws Exception {
    Recipe<Method> recipe = METHODS.parse("r", RECIPE, List.of("objective.count=2"));
    assertThat(recipe.objective()).isEqualTo(new Settle(2.5, 2));
    TrainingRun.Outcome outcome =
        TrainingRun.run(recipe, RECIPE, runs, false, TrainingListener.NONE);
    assertThat(outcome.product()).isEqualTo(runs.resolve("settle/settled.txt"));
    String[] numbers = Files.readString(outcome.product()).replaceAll("[\\[\\]]", "").split(", ");
    assertThat(numbers).hasSize(2);
    for (String number : numbers) {
      assertThat(Double.parseDouble(number)).isCloseTo(2.5, within(0.2));
    }
  }

  @Test
  void whatTheTableDoesNotHaveIsNoMethod() {
    assertThatThrownBy(() -> Methods.ALL.parse("r", RECIPE, List.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("line 7: objective.kind must be one of autoencoder, diffusion")
        .hasMessageContaining("is 'settle'");
    assertThatThrownBy(() -> METHODS.parse("r", RECIPE, List.of("objective.goals=1")))
        .hasMessageContaining("objective.goals is not a key here: did you mean 'goal'?");
  }
}
