package io.zoetrope.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several players in one run, several parts and passes of one player. */
class PlayersTest {
  private static final int STEPS = 30;

  @TempDir Path folder;

  private static Tensor parameter(String name, long... shape) {
    try (RandomStream random = new RandomStreams(3).stream(name)) {
      return Scopes.keep(Scopes.tensor(() -> Ops.mul(random.normal(shape), 0.3)))
          .set_requires_grad(true);
    }
  }

  private static SequencedMap<String, Tensor> named(String name, Tensor tensor) {
    SequencedMap<String, Tensor> map = new LinkedHashMap<>();
    map.put(name, tensor);
    return map;
  }

  /** A maker of numbers, a critic of two layers, and a frozen teacher whose numbers are the aim. */
  private static final class Game implements AutoCloseable {
    final Tensor maker = parameter("maker", 4);
    final Tensor critic = parameter("critic", 8, 4);
    final Tensor judge = parameter("judge", 1, 8);
    final Tensor teacher =
        Scopes.keep(Scopes.tensor(() -> Ops.add(parameter("teacher", 4).detach(), 1)));
    final List<String> faults = new ArrayList<>();
    final List<Long> indices = new ArrayList<>();

    private Tensor judged(Tensor x) {
      Tensor h = Ops.linear(x, critic, Optional.empty()).tanh();
      return Ops.linear(h, judge, Optional.empty()).mean();
    }

    private Tensor made(TrainingStep step) {
      try (RandomStream noise = step.random().stream("noise")) {
        return maker.add(Ops.mul(noise.normal(16, 4), 0.1));
      }
    }

    private Tensor taught(TrainingStep step) {
      try (RandomStream noise = step.random().stream("real")) {
        return teacher.add(Ops.mul(noise.normal(16, 4), 0.1));
      }
    }

    List<Player> players(Learning learning) {
      Objective deceive =
          step -> {
            if (critic.requires_grad() || judge.requires_grad() || !maker.requires_grad()) {
              faults.add("the critic does not stand still in step " + step.step());
            }
            return judged(made(step)).neg();
          };
      Objective tell =
          step -> {
            if (!critic.requires_grad() || maker.requires_grad()) {
              faults.add("the maker does not stand still in step " + step.step());
            }
            indices.add(step.index());
            step.metric("real", step.turn());
            return judged(made(step))
                .sub(judged(taught(step)))
                .add(Ops.mul(judge.square().sum(), 0.1));
          };
      SequencedMap<String, Tensor> weights = named("critic", critic);
      weights.put("judge", judge);
      return List.of(
          Player.only(named("maker", maker), deceive, learning),
          new Player(
              "critic",
              List.of(TrainedPart.of(weights)),
              List.of(Pass.of(tell)),
              learning,
              new Player.Turns(1, 2)));
    }

    @Override
    public void close() {
      List.of(maker, critic, judge, teacher).forEach(Scopes::free);
    }
  }

  private static TrainingSettings settings() {
    return new TrainingSettings(
        7,
        STEPS,
        2,
        new Learning(
            new AdamW.Options(0.5, 0.9, 1e-8, 0), new LearningRate(3e-2, 0, STEPS, 1), 1, 0.9),
        new TrainingSettings.Rhythm(7, 2, 5, 0),
        3);
  }

  private Game play(Path root, int stop) {
    Game game = new Game();
    TrainingListener listener =
        new TrainingListener() {
          private long at;

          @Override
          public void step(StepReport report) {
            at = report.step();
            assertThat(report.metrics()).containsEntry("critic.real", 0.5);
          }

          @Override
          public boolean cancelled() {
            return at == stop;
          }
        };
    try (RunFolder run = RunFolder.open(root, "", true);
        Trainer trainer = new Trainer(game.players(settings().learning()), settings(), run)) {
      Trainer.Result unused = trainer.run(listener);
    }
    assertThat(game.faults).isEmpty();
    return game;
  }

  @Test
  void twoPlayersTakeTurnsAndResumeToTheSameBits() throws IOException {
    Path whole = folder.resolve("whole");
    Path parts = folder.resolve("parts");
    try (Game game = play(whole, -1);
        Game untouched = new Game()) {
      // Two turns of two micro-batches in each step.
      assertThat(game.indices)
          .hasSize(STEPS * 4)
          .startsWith(0L, 1L, 2L, 3L, 4L)
          .doesNotHaveDuplicates();
      assertThat(Tensors.toFloats(game.teacher)).isEqualTo(Tensors.toFloats(untouched.teacher));
      assertThat(distance(game)).isLessThan(0.8 * distance(untouched));
    }
    for (int stop : new int[] {4, 18, -1}) {
      play(parts, stop).close();
    }
    Path a = RunFolder.checkpoints(parts).getLast();
    Path e = RunFolder.checkpoints(whole).getLast();
    for (String player : List.of("", "critic.")) {
      for (String file : List.of("model", "ema", "optimizer")) {
        String name = player + file + ".safetensors";
        assertThat(Files.readAllBytes(a.resolve(name)))
            .as(name)
            .isEqualTo(Files.readAllBytes(e.resolve(name)));
      }
    }
    assertThat(TrainingState.read(a)).isEqualTo(TrainingState.read(e));
    assertThat(TrainingState.read(a).emaUpdates())
        .isEqualTo(Map.of("", (long) STEPS, "critic", 2L * STEPS));
  }

  private static double distance(Game game) {
    return Scopes.value(
        () -> game.maker.detach().sub(game.teacher).square().sum().sqrt().item_double());
  }

  /** A part that remembers how strongly it acted. */
  private static final class Knob implements TrainedPart {
    private final String name;
    private final double rate;
    final Tensor value = Scopes.keep(Tensors.full(1, 2)).set_requires_grad(true);
    double scale = 1;

    Knob(String name, double rate) {
      this.name = name;
      this.rate = rate;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public SequencedMap<String, Tensor> parameters() {
      return named(name + ".value", value);
    }

    @Override
    public double rate() {
      return rate;
    }

    @Override
    public void act(double scale) {
      this.scale = scale;
    }

    double mean() {
      return Scopes.value(() -> value.detach().mean().item_double());
    }
  }

  @Test
  void passesSayWhichPartsActAndWhichLearn() {
    Knob look = new Knob("look", 1);
    Knob motion = new Knob("motion", 0.1);
    List<String> seen = new ArrayList<>();
    Objective both =
        step -> {
          seen.add(
              "%s %s %s %s %s"
                  .formatted(
                      look.scale,
                      motion.scale,
                      look.value.requires_grad(),
                      motion.value.requires_grad(),
                      step.random().key("clip")));
          step.metric("sum", 3);
          return look.value.square().sum().add(motion.value.square().sum());
        };
    Learning learning =
        new Learning(new AdamW.Options(0.9, 0.99, 1e-8, 0), new LearningRate(0.1, 0, 1, 1), 0, 0);
    Player player =
        new Player(
            "",
            List.of(look, motion),
            List.of(
                new Pass("still", both, 1, 1, Map.of("motion", 0.0), Set.of("look")),
                new Pass("clip", both, 2, 1, Map.of(), Set.of())),
            learning,
            Player.Turns.EACH);
    TrainingSettings settings =
        new TrainingSettings(1, 1, 1, learning, new TrainingSettings.Rhythm(1, 1, 1, 0), 1);
    List<StepReport> reports = new ArrayList<>();
    try (RunFolder run = RunFolder.open(folder.resolve("run"), "", false);
        Trainer trainer = new Trainer(List.of(player), settings, run)) {
      Trainer.Result unused =
          trainer.run(
              new TrainingListener() {
                @Override
                public void step(StepReport report) {
                  reports.add(report);
                }
              });
    }
    long key = new TrainingStep(1, 0, 0, 1).random().key("clip");
    assertThat(seen).containsExactly("1.0 0.0 true false " + key, "1.0 1.0 true true " + key);
    assertThat(reports.getFirst().loss()).isEqualTo(4 + 2 * 4);
    assertThat(reports.getFirst().metrics()).containsOnlyKeys("still.sum", "clip.sum");
    // The gradients are 2 + 2 * 2 and 2 * 2 for each of two numbers.
    assertThat(reports.getFirst().gradientNorm())
        .isCloseTo(Math.sqrt(2 * 36 + 2 * 16), within(1e-5));
    // Adam's first step is as long as the rate, whatever the gradient.
    assertThat(look.mean()).isCloseTo(0.9, within(1e-6));
    assertThat(motion.mean()).isCloseTo(0.99, within(1e-6));
    try (SafetensorsFile state =
        Safetensors.open(folder.resolve("run/checkpoints/step-000001/optimizer.safetensors"))) {
      assertThat(state.entries().keySet())
          .contains("look/exp_avg.look.value", "motion/exp_avg.motion.value", "motion/steps");
    }
  }

  @Test
  void whatIsNotThereCannotLearn() {
    Knob look = new Knob("look", 1);
    Learning learning = settings().learning();
    Objective none = step -> look.value.sum();
    assertThatThrownBy(() ->
            new Player(
                "",
                List.of(look),
                List.of(new Pass("still", none, 1, 1, Map.of(), Set.of("motion"))),
                learning,
                Player.Turns.EACH))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("'motion'; there are look");
    assertThatThrownBy(() -> TrainedPart.of(look.parameters()).act(0.5))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("always acts wholly");
  }

  /** What the first format wrote: all weights in each checkpoint, one number of updates. */
  @Test
  void olderCheckpointsResume() throws IOException {
    Path whole = folder.resolve("whole");
    Path old = folder.resolve("old");
    TinyRun.train(whole, 40, false, TrainingListener.NONE);
    TinyRun.train(old, 40, false, new Stop(12));
    Path checkpoint = RunFolder.checkpoints(old).getLast();
    Path frozen = old.resolve("frozen.safetensors");
    try (SafetensorsFile rest = Safetensors.open(frozen)) {
      assertThat(rest.entries().keySet()).containsExactly("frozen");
      for (String name : List.of("model", "ema")) {
        Path file = checkpoint.resolve(name + ".safetensors");
        Map<String, Tensor> all = new LinkedHashMap<>();
        try (SafetensorsFile trained = Safetensors.open(file)) {
          assertThat(trained.entries().keySet()).doesNotContain("frozen").hasSize(3);
          all.putAll(trained.tensors());
          all.putAll(rest.tensors());
          Safetensors.write(file, all, Map.of("step", "12"));
        }
      }
    }
    Files.delete(frozen);
    Path state = checkpoint.resolve("state.json");
    String text = Files.readString(state);
    assertThat(text)
        .contains("\"format\" : 2")
        .containsPattern("\"emaUpdates\" : \\{\\s+\"\" : 12\\s+}");
    Files.writeString(
        state,
        text.replace("\"format\" : 2", "\"format\" : 1")
            .replaceFirst("\"emaUpdates\" : \\{\\s+\"\" : 12\\s+}", "\"emaUpdates\" : 12"));
    TinyRun.train(old, 40, true, TrainingListener.NONE);
    TrainerTest.assertSameRun(old, whole);
    assertThat(frozen).exists();
  }

  /** Cancels after a step. */
  private static final class Stop implements TrainingListener {
    private final long step;
    private long at;

    Stop(long step) {
      this.step = step;
    }

    @Override
    public void step(StepReport report) {
      at = report.step();
    }

    @Override
    public boolean cancelled() {
      return at == step;
    }
  }
}
