package io.zoetrope.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.PeerLost;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BiFunction;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several workers at one run, as threads. */
@Timeout(120)
class WorkersTest {
  private static final int BATCH = 6;

  @TempDir Path folder;

  /** What a worker's run came to. */
  private record End(List<StepReport> reports, float[] w, float[] some) {}

  /** A parameter w, and one that only rows with a number below 3 touch. */
  private static SequencedMap<String, Tensor> parameters() {
    SequencedMap<String, Tensor> all = new LinkedHashMap<>();
    all.put("w", Scopes.keep(Tensors.full(0.5, 3)).set_requires_grad(true));
    all.put("some", Scopes.keep(Tensors.full(1, 3)).set_requires_grad(true));
    return all;
  }

  private static Tensor loss(SequencedMap<String, Tensor> p, TrainingStep step) {
    Share share = step.share();
    try (RandomStream random = step.random().stream("x")) {
      Tensor x = share.of(random.normal(BATCH, 3));
      Tensor loss = Ops.mse(x.mul(TinyRun.get(p, "w")), x.mul(x));
      if (share.has(0)) {
        // A gradient that the others do not have at all.
        loss =
            loss.add(
                Ops.mul(x.narrow(0, 0, 1).mul(TinyRun.get(p, "some")).sum(), 0.1 * share.size()));
      }
      step.metric("rows", share.of(BATCH));
      return loss;
    }
  }

  private static TrainingSettings settings(long steps) {
    TrainingSettings usual = TinyRun.settings(steps);
    return new TrainingSettings(
        usual.seed(),
        steps,
        2,
        usual.learning(),
        new TrainingSettings.Rhythm(4, 2, 1, 0),
        usual.maxSkipped());
  }

  private End train(Path root, World world, BiFunction<World, TrainingStep, Boolean> harm) {
    SequencedMap<String, Tensor> p = parameters();
    TrainingSettings settings = settings(10);
    List<StepReport> reports = Collections.synchronizedList(new ArrayList<>());
    Objective objective =
        step -> harm.apply(world, step) ? Ops.mul(loss(p, step), Double.NaN) : loss(p, step);
    Player player = Player.only(p, objective, settings.learning());
    RunFolder run = root(root, world);
    try (run;
        Trainer trainer = new Trainer(List.of(player), settings, run, world)) {
      Trainer.Result unused =
          trainer.run(
              new TrainingListener() {
                @Override
                public void step(StepReport report) {
                  reports.add(report);
                }
              });
      return new End(
          reports, Tensors.toFloats(TinyRun.get(p, "w")), Tensors.toFloats(TinyRun.get(p, "some")));
    } catch (RuntimeException e) {
      world.fail(e);
      throw e;
    } finally {
      p.values().forEach(Scopes::free);
    }
  }

  private static RunFolder root(Path root, World world) {
    if (world.leads()) {
      RunFolder run = RunFolder.open(root, "name: t\n", true);
      world.await("open", new byte[0]);
      return run;
    }
    world.await("open", new byte[0]);
    return RunFolder.follow(root);
  }

  private List<Optional<Throwable>> together(
      End[] ends, BiFunction<World, TrainingStep, Boolean> harm) throws Exception {
    Path root = folder.resolve("n" + ends.length);
    return Workers.run(
        ends.length, 3, world -> ends[world.share().rank()] = train(root, world, harm));
  }

  @Test
  void thirdsOfABatchTrainAsTheWhole() throws Exception {
    End whole = train(folder.resolve("n1"), World.alone(), (w, s) -> false);
    for (int size : List.of(2, 3)) {
      End[] ends = new End[size];
      assertThat(together(ends, (w, s) -> false)).containsOnly(Optional.empty());
      for (int i = 0; i < 10; i++) {
        StepReport alone = whole.reports.get(i);
        for (End end : ends) {
          StepReport theirs = end.reports.get(i);
          assertThat(theirs.metrics()).containsEntry("rows", (double) BATCH / size);
          assertThat(theirs.loss()).isCloseTo(alone.loss(), within(1e-6));
          assertThat(theirs.gradientNorm()).isCloseTo(alone.gradientNorm(), within(1e-6));
          assertThat(theirs.loss()).isEqualTo(ends[0].reports.get(i).loss());
        }
      }
      for (End end : ends) {
        assertThat(end.w).isEqualTo(ends[0].w).isNotEqualTo(new float[] {0.5f, 0.5f, 0.5f});
        assertThat(end.some).isEqualTo(ends[0].some).doesNotContain(1f);
        assertThat(end.w).containsExactly(whole.w, Offset.offset(1e-5f));
      }
    }
  }

  @Test
  void aLossThatIsNotFiniteAtOneIsSkippedByAll() throws Exception {
    End[] ends = new End[2];
    List<Optional<Throwable>> thrown =
        together(ends, (world, step) -> world.share().rank() == 1 && step.step() == 4);
    assertThat(thrown).containsOnly(Optional.empty());
    for (End end : ends) {
      assertThat(end.reports).filteredOn(StepReport::skipped).hasSize(1);
      assertThat(end.reports.get(4).skipped()).isTrue();
      assertThat(end.w).isEqualTo(ends[0].w);
    }
  }

  @Test
  void whatEndsOneEndsAllWithItsLine() throws Exception {
    List<Optional<Throwable>> thrown =
        together(
            new End[3],
            (world, step) -> {
              if (world.share().rank() == 1 && step.step() == 5) {
                throw new UserError("clip 7 is damaged");
              }
              return false;
            });
    assertThat(thrown.get(0).orElseThrow())
        .isInstanceOf(UserError.class)
        .hasMessage("worker 1: clip 7 is damaged");
    assertThat(thrown.get(1).orElseThrow()).hasMessage("clip 7 is damaged");
    assertThat(thrown.get(2).orElseThrow()).hasMessage("worker 1: clip 7 is damaged");
    // The leader saved the last step that was done.
    assertThat(RunFolder.checkpoints(folder.resolve("n3")).getLast())
        .endsWithRaw(Path.of("step-000005"));
  }

  @Test
  void aWorkerThatLeavesIsNoticedAtOnce() throws Exception {
    List<Optional<Throwable>> thrown =
        Workers.run(
            2,
            100,
            world -> {
              if (world.leads()) {
                long start = System.nanoTime();
                try {
                  world.exchange("a step", new byte[3]);
                } finally {
                  assertThat((System.nanoTime() - start) * 1e-9).isLessThan(5);
                }
              }
            });
    assertThat(thrown.get(0).orElseThrow()).isInstanceOf(PeerLost.class);
  }

  @Test
  void parametersThatDifferEndTheRun() throws Exception {
    List<Optional<Throwable>> thrown =
        Workers.run(
            2,
            3,
            world -> {
              SequencedMap<String, Tensor> p = parameters();
              TrainingSettings settings = settings(10);
              Player player = Player.only(p, step -> loss(p, step), settings.learning());
              try (RunFolder run = root(folder.resolve("d"), world);
                  Trainer trainer = new Trainer(List.of(player), settings, run, world)) {
                trainer.run(
                    new TrainingListener() {
                      @Override
                      public void step(StepReport report) {
                        if (report.step() == 5 && !world.leads()) {
                          Scopes.run(() ->
                              Scopes.noGrad(() -> TinyRun.get(p, "w").add_(Tensors.full(1e-6, 1))));
                        }
                      }
                    });
              }
            });
    for (Optional<Throwable> each : thrown) {
      assertThat(each.orElseThrow())
          .isInstanceOf(UserError.class)
          .hasMessageContaining("step 6: worker 1 has other parameters than worker 0");
    }
    assertThat(RunFolder.checkpoints(folder.resolve("d")).getLast())
        .endsWithRaw(Path.of("step-000004"));
  }

  /** What one of two players learned in the step that fails would be learned twice. */
  @Test
  void aStepThatEndsHalfwayIsNotSaved() {
    SequencedMap<String, Tensor> one = parameters();
    SequencedMap<String, Tensor> other = parameters();
    TrainingSettings settings = settings(10);
    Objective fails =
        step -> {
          if (step.step() == 5) {
            throw new UserError("clip 7 is damaged");
          }
          return loss(other, step);
        };
    List<Player> players =
        List.of(
            Player.only(one, step -> loss(one, step), settings.learning()),
            new Player(
                "second",
                List.of(TrainedPart.of(other)),
                List.of(Pass.of(fails)),
                settings.learning(),
                Player.Turns.EACH));
    try (RunFolder run = RunFolder.open(folder.resolve("half"), "name: t\n", false);
        Trainer trainer = new Trainer(players, settings, run)) {
      assertThatThrownBy(() -> trainer.run(TrainingListener.NONE)).hasMessage("clip 7 is damaged");
    } finally {
      one.values().forEach(Scopes::free);
      other.values().forEach(Scopes::free);
    }
    assertThat(RunFolder.checkpoints(folder.resolve("half")).getLast())
        .endsWithRaw(Path.of("step-000004"));
  }

  @Test
  void meansGoByBuckets() throws Exception {
    List<Optional<Throwable>> thrown =
        Workers.run(
            3,
            100,
            world ->
                Scopes.run(() -> {
                  List<Tensor> all = new ArrayList<>();
                  for (long size : new long[] {5, 7_000_000, 1, 3_000_000, 4_000_000, 2}) {
                    all.add(Tensors.full(world.share().rank() + all.size(), size, 1));
                  }
                  all.add(
                      Tensors.of(new double[] {world.share().rank()}, 1, 1).to(ScalarType.Double));
                  world.mean("all", all);
                  for (int i = 0; i < all.size(); i++) {
                    double expected = i == 6 ? 1 : i + 1;
                    assertThat(Ops.mean(all.get(i), 0, 1).item_double())
                        .isCloseTo(expected, within(1e-3));
                  }
                }));
    assertThat(thrown).containsOnly(Optional.empty());
  }

  @Test
  void gradientsOfZerosCanBeHad() {
    Tensor leaf = Scopes.keep(Tensors.full(2, 3, 2)).set_requires_grad(true);
    Autograd.zero(leaf);
    Scopes.run(() ->
        assertThat(Tensors.toFloats(Autograd.gradient(leaf).orElseThrow()))
            .isEqualTo(new float[6]));
    Autograd.clear(leaf);
    Scopes.free(leaf);
  }
}
