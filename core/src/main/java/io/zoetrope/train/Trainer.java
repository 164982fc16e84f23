package io.zoetrope.train;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.FileDigest;
import io.zoetrope.torch.PeerLost;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.global.torch;

/**
 * The training loop: in each step every player accumulates, clips, moves and averages; then log,
 * sample, save. It continues from the newest checkpoint of its run folder. All calls on one thread.
 */
public final class Trainer implements AutoCloseable {
  /**
   * How a run ended.
   *
   * @param step steps done
   * @param cancelled whether the listener ended it
   * @param skipped steps whose loss or gradient was not finite
   */
  public record Result(long step, boolean cancelled, long skipped) {}

  private final List<Seat> seats = new ArrayList<>();
  private final TrainingSettings settings;
  private final RunFolder run;
  private final World world;
  private final MetricsWindow window = new MetricsWindow();
  private long step;
  private long skipped;
  private int skippedInRow;
  private long saved = -1;
  private boolean halfway;

  /** Of a run that nobody else works at. */
  public Trainer(List<Player> players, TrainingSettings settings, RunFolder run) {
    this(players, settings, run, World.alone());
  }

  /**
   * @param players in the order of their turns; the first has one in each step
   * @param run where only the world's leader writes
   * @param world who else trains; all of them make a trainer at the same time
   * @throws UserError if the newest checkpoint does not fit the parameters or the settings
   */
  public Trainer(List<Player> players, TrainingSettings settings, RunFolder run, World world) {
    if (!players.getFirst().turns().equals(Player.Turns.EACH)
        || players.stream().map(Player::name).distinct().count() < players.size()) {
      throw new IllegalArgumentException(
          "the first player turns once in each step, and each has a name of its own");
    }
    this.settings = settings;
    this.run = run;
    this.world = world;
    try {
      if (!world.share().isWhole()) {
        players.forEach(player -> player.parts().forEach(TrainedPart::requireShareable));
      }
      players.forEach(player -> seats.add(new Seat(player)));
      Optional<Path> newest = run.newestCheckpoint();
      newest.ifPresent(this::restore);
      if (world.leads()) {
        seats.forEach(seat -> seat.keepFrozen(run.root()));
        run.metrics().truncate(step);
      }
      compare(world::await);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Steps done so far, in this process and before. */
  public long step() {
    return step;
  }

  /** The averaged weights of the first player. */
  public Ema ema() {
    return seats.getFirst().ema();
  }

  /**
   * Trains to the last step, or until a listener cancels. Either way a checkpoint of the last step
   * done is there afterwards, also if an objective fails; but not if one of several players has
   * moved in the step that fails, or if another worker is lost: then the one before is the last.
   */
  public Result run(TrainingListener listener) {
    boolean cancelled = false;
    while (step < settings.steps() && !cancelled) {
      try {
        StepReport report = step(listener);
        log(report);
        listener.step(report);
        listener.update(Report.of(Phase.TRAIN, step, settings.steps()));
      } catch (PeerLost e) {
        throw e;
      } catch (RuntimeException e) {
        try {
          if (!halfway) {
            save(listener);
          }
        } catch (RuntimeException second) {
          e.addSuppressed(second);
        }
        throw e;
      }
      TrainingSettings.Rhythm rhythm = settings.rhythm();
      if (rhythm.sampleEvery() > 0 && step % rhythm.sampleEvery() == 0) {
        sample(listener);
      }
      cancelled = step < settings.steps() && world.any("a step's end", listener.cancelled());
      boolean saves = cancelled || step == settings.steps() || step % rhythm.checkpointEvery() == 0;
      if (saves || world.compares(step)) {
        compare(world::exchange);
      }
      if (saves) {
        save(listener);
      }
    }
    return new Result(step, cancelled, skipped);
  }

  /** Requires that all workers are at the same step and have the same parameters, to the bit. */
  private void compare(BiFunction<String, byte[], List<byte[]>> exchange) {
    if (world.share().isWhole()) {
      return;
    }
    MessageDigest digest = FileDigest.sha256();
    seats.forEach(seat -> seat.digest(digest));
    byte[] own = ByteBuffer.allocate(Long.BYTES + 32).putLong(step).put(digest.digest()).array();
    List<byte[]> all = exchange.apply("a comparison", own);
    for (int rank = 1; rank < all.size(); rank++) {
      if (!Arrays.equals(all.getFirst(), all.get(rank))) {
        throw new UserError(
            Fault.MISMATCH,
            "step %s: worker %s has other parameters than worker 0; the checkpoint before is kept"
                .formatted(step, rank),
            "take machines of one kind, and resume");
      }
    }
  }

  private StepReport step(TrainingListener listener) {
    long start = System.nanoTime();
    List<Turn.Outcome> outcomes = new ArrayList<>();
    for (Seat seat : seats) {
      int times = seat.player().turns().at(step);
      for (int turn = 0; turn < times; turn++) {
        Turn.Outcome outcome = new Turn(seats, seat, settings, step, turn, times, world).take();
        outcomes.add(outcome);
        halfway |= !outcome.skipped();
      }
    }
    halfway = false;
    boolean skip = outcomes.stream().anyMatch(Turn.Outcome::skipped);
    if (skip) {
      skipped++;
      skippedInRow++;
      if (skippedInRow >= settings.maxSkipped()) {
        throw new UserError(
            Fault.INVALID,
            "the loss was not finite in %s steps in a row, the last is step %s"
                .formatted(skippedInRow, step + 1),
            "lower optimizer.lr, or use precision f32");
      }
      outcomes.stream()
          .filter(Turn.Outcome::skipped)
          .forEach(outcome ->
              listener.warning("step %s skipped: %s".formatted(step + 1, outcome.line())));
    } else {
      skippedInRow = 0;
    }
    step++;
    double seconds = (System.nanoTime() - start) * 1e-9;
    Turn.Outcome first = outcomes.getFirst();
    Map<String, Double> metrics = new TreeMap<>(first.metrics());
    outcomes.stream().skip(1).forEach(outcome -> outcome.addTo(metrics));
    return new StepReport(
        step, settings.steps(), first.loss(), first.norm(), first.rate(), skip, seconds, metrics);
  }

  private void log(StepReport report) {
    window.add("seconds", report.seconds());
    if (!report.skipped()) {
      window.add("loss", report.loss());
      window.add("grad_norm", report.gradientNorm());
      report.metrics().forEach(window::add);
    }
    if (world.leads() && (step % settings.rhythm().logEvery() == 0 || step == settings.steps())) {
      SequencedMap<String, Double> line = window.drain();
      line.put("lr", report.learningRate());
      line.put("skipped", (double) skipped);
      seats.forEach(seat -> line.putAll(seat.figures()));
      run.metrics().append(step, line);
    }
  }

  private void sample(TrainingListener listener) {
    if (!world.leads()) {
      return;
    }
    Path folder = run.samples(step);
    try {
      Files.createDirectories(folder);
      withAverages(
          0,
          () ->
              Scopes.run(() ->
                  Scopes.noGrad(() -> {
                    seats.forEach(
                        seat -> seat.player().passes().getFirst().objective().sample(step, folder));
                    return true;
                  })));
    } catch (java.io.IOException | RuntimeException e) {
      // A missing picture is no reason to end a run of days.
      listener.warning("no samples at step %s: %s".formatted(step, firstLine(e)));
    }
  }

  /** Runs the body while players from the n-th on hold their averages. */
  private void withAverages(int from, Runnable body) {
    if (from == seats.size()) {
      body.run();
    } else {
      seats.get(from).ema().borrow(() -> withAverages(from + 1, body));
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private void save(TrainingListener listener) {
    Path target = run.checkpoint(step);
    if (saved == step || step == 0) {
      return;
    }
    seats.forEach(seat -> seat.requireFinite(step));
    if (!world.leads()) {
      saved = step;
      return;
    }
    Map<String, Long> updates = new TreeMap<>();
    seats.forEach(seat -> updates.put(seat.player().name(), seat.ema().updates()));
    TrainingState state =
        new TrainingState(
            TrainingState.FORMAT,
            step,
            settings.seed(),
            settings.accumulate(),
            skipped,
            skippedInRow,
            updates,
            Scopes.value(() ->
                Base64.getEncoder()
                    .encodeToString(Tensors.toBytes(torch.getDefaultCPUGenerator().get_state()))),
            window.state());
    Map<String, String> metadata = Map.of("step", Long.toString(step));
    AtomicFiles.folder(
        target,
        folder -> {
          seats.forEach(seat -> seat.save(folder, metadata));
          state.write(folder);
        });
    saved = step;
    run.prune(settings.rhythm().keep());
    listener.checkpoint(target);
    seats.forEach(
        seat -> seat.player().parts().forEach(part -> part.news().forEach(listener::note)));
  }

  private void restore(Path checkpoint) {
    TrainingState state = TrainingState.read(checkpoint);
    if (state.seed() != settings.seed() || state.accumulate() != settings.accumulate()) {
      throw new UserError(
          Fault.MISMATCH,
          "%s was made with seed %s and accumulate %s, the recipe says %s and %s"
              .formatted(
                  checkpoint,
                  state.seed(),
                  state.accumulate(),
                  settings.seed(),
                  settings.accumulate()),
          "keep them, or take another name");
    }
    for (Seat seat : seats) {
      String name = seat.player().name();
      long updates =
          Optional.ofNullable(state.emaUpdates().get(name))
              .orElseThrow(() ->
                  new UserError(
                      Fault.MISMATCH,
                      "%s knows no player '%s': it belongs to another method"
                          .formatted(checkpoint, name)));
      seat.restore(run.root(), checkpoint, updates);
    }
    byte[] generator = Base64.getDecoder().decode(state.generator());
    Scopes.run(() ->
        torch.getDefaultCPUGenerator().set_state(Tensors.ofBytes(generator, generator.length)));
    window.restore(state.window());
    step = state.step();
    saved = step;
    skipped = state.skipped();
    skippedInRow = state.skippedInRow();
  }

  /** Frees the optimisers' states and the averages; the parameters stay. */
  @Override
  public void close() {
    seats.forEach(Seat::close);
  }
}
