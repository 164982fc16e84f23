package io.zoetrope.train;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.torch.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The training loop: accumulate, clip, move, average, log, sample, save. It continues from the
 * newest checkpoint of its run folder. All calls on one thread.
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

  private final SequencedMap<String, Tensor> parameters;
  private final Objective objective;
  private final TrainingSettings settings;
  private final RunFolder run;
  private final Optimizer optimizer;
  private final Ema ema;
  private final MetricsWindow window = new MetricsWindow();
  private long step;
  private long skipped;
  private int skippedInRow;
  private long saved = -1;

  /**
   * @param parameters by name, outside scopes; those that require gradients are trained, all are
   *     saved
   * @throws UserError if the newest checkpoint does not fit the parameters or the settings
   */
  public Trainer(
      SequencedMap<String, Tensor> parameters,
      Objective objective,
      TrainingSettings settings,
      RunFolder run) {
    if (parameters.values().stream().noneMatch(Tensor::requires_grad)) {
      throw new UserError(Fault.INVALID, "nothing to train: every parameter is frozen");
    }
    this.parameters = parameters;
    this.objective = objective;
    this.settings = settings;
    this.run = run;
    this.optimizer = settings.learning().optimizer().over(parameters);
    this.ema = new Ema(parameters, settings.learning().ema());
    try {
      Optional<Path> newest = run.newestCheckpoint();
      newest.ifPresent(this::restore);
      run.metrics().truncate(step);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Steps done so far, in this process and before. */
  public long step() {
    return step;
  }

  /** The averaged weights. */
  public Ema ema() {
    return ema;
  }

  /**
   * Trains to the last step, or until the listener cancels. Either way a checkpoint of the last
   * step done is there afterwards, also if an objective fails.
   */
  public Result run(TrainingListener listener) {
    boolean cancelled = false;
    while (step < settings.steps() && !cancelled) {
      try {
        StepReport report = step(listener);
        log(report);
        listener.step(report);
        listener.update(Report.of(Phase.TRAIN, step, settings.steps()));
      } catch (RuntimeException e) {
        try {
          save(listener);
        } catch (RuntimeException second) {
          e.addSuppressed(second);
        }
        throw e;
      }
      if (settings.rhythm().sampleEvery() > 0 && step % settings.rhythm().sampleEvery() == 0) {
        sample(listener);
      }
      cancelled = step < settings.steps() && listener.cancelled();
      if (cancelled
          || step == settings.steps()
          || step % settings.rhythm().checkpointEvery() == 0) {
        save(listener);
      }
    }
    return new Result(step, cancelled, skipped);
  }

  private StepReport step(TrainingListener listener) {
    long start = System.nanoTime();
    Collection<Tensor> tensors = parameters.values();
    tensors.forEach(Autograd::clear);
    double loss = 0;
    Map<String, Double> metrics = new TreeMap<>();
    for (int micro = 0; micro < settings.accumulate(); micro++) {
      TrainingStep at = new TrainingStep(settings.seed(), step, micro, settings.accumulate());
      // An objective that draws from libtorch's own generator (dropout) stays reproducible too.
      torch.manual_seed(at.random().key("libtorch"));
      loss += Scopes.value(() -> forwardAndBackward(at)) / settings.accumulate();
      at.metrics().forEach((k, v) -> metrics.merge(k, v / settings.accumulate(), Double::sum));
    }
    double norm = GradientClip.clip(tensors, settings.learning().clip());
    double rate = settings.learning().rate().at(step);
    boolean skip = !Double.isFinite(loss) || !Double.isFinite(norm);
    if (skip) {
      skipped++;
      skippedInRow++;
      if (skippedInRow >= settings.maxSkipped()) {
        throw new UserError(
            Fault.INVALID,
            "the loss was not finite in %d steps in a row, the last is step %d"
                .formatted(skippedInRow, step + 1),
            "lower optimizer.lr, or use precision f32");
      }
      listener.warning(
          "step %d skipped: loss %s, gradient norm %s".formatted(step + 1, loss, norm));
    } else {
      skippedInRow = 0;
      optimizer.step(rate);
      ema.update();
    }
    tensors.forEach(Autograd::clear);
    step++;
    double seconds = (System.nanoTime() - start) * 1e-9;
    return new StepReport(step, settings.steps(), loss, norm, rate, skip, seconds, metrics);
  }

  private double forwardAndBackward(TrainingStep at) {
    Tensor loss = objective.loss(at);
    if (loss.numel() != 1 || !loss.requires_grad()) {
      throw new IllegalStateException("an objective must return a scalar that carries gradients");
    }
    int parts = settings.accumulate();
    at.backward(parts == 1 ? loss : loss.div(new Scalar((double) parts)));
    return loss.item_double();
  }

  private void log(StepReport report) {
    window.add("seconds", report.seconds());
    if (!report.skipped()) {
      window.add("loss", report.loss());
      window.add("grad_norm", report.gradientNorm());
      report.metrics().forEach(window::add);
    }
    if (step % settings.rhythm().logEvery() == 0 || step == settings.steps()) {
      SequencedMap<String, Double> line = window.drain();
      line.put("lr", report.learningRate());
      line.put("skipped", (double) skipped);
      run.metrics().append(step, line);
    }
  }

  private void sample(TrainingListener listener) {
    Path folder = run.samples(step);
    try {
      Files.createDirectories(folder);
      ema.borrow(() ->
          Scopes.run(() ->
              Scopes.noGrad(() -> {
                objective.sample(step, folder);
                return true;
              })));
    } catch (java.io.IOException | RuntimeException e) {
      // A missing picture is no reason to end a run of days.
      listener.warning("no samples at step %d: %s".formatted(step, firstLine(e)));
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
    TrainingState state =
        new TrainingState(
            TrainingState.FORMAT,
            step,
            settings.seed(),
            settings.accumulate(),
            skipped,
            skippedInRow,
            ema.updates(),
            Scopes.value(() ->
                Base64.getEncoder()
                    .encodeToString(Tensors.toBytes(torch.getDefaultCPUGenerator().get_state()))),
            window.state());
    Map<String, String> metadata = Map.of("step", Long.toString(step));
    AtomicFiles.folder(
        target,
        folder -> {
          Safetensors.write(folder.resolve("model.safetensors"), parameters, metadata);
          Safetensors.write(folder.resolve("ema.safetensors"), ema.tensors(), metadata);
          Scopes.run(() ->
              Safetensors.write(
                  folder.resolve("optimizer.safetensors"), optimizer.state(), metadata));
          state.write(folder);
        });
    saved = step;
    run.prune(settings.rhythm().keep());
    try {
      run.plotLoss();
    } catch (RuntimeException e) {
      listener.warning("no loss plot: " + firstLine(e));
    }
    listener.checkpoint(target);
  }

  private void restore(Path checkpoint) {
    TrainingState state = TrainingState.read(checkpoint);
    if (state.seed() != settings.seed() || state.accumulate() != settings.accumulate()) {
      throw new UserError(
          Fault.MISMATCH,
          "%s was made with seed %d and accumulate %d, the recipe says %d and %d"
              .formatted(
                  checkpoint,
                  state.seed(),
                  state.accumulate(),
                  settings.seed(),
                  settings.accumulate()),
          "keep them, or take another name");
    }
    try (SafetensorsFile file = Safetensors.open(checkpoint.resolve("model.safetensors"))) {
      Map<String, Tensor> weights = file.tensors();
      String what = file.path().toString();
      parameters.forEach((name, p) -> NamedTensors.copyInto(what, name, weights, p));
      for (String name : weights.keySet()) {
        if (!parameters.containsKey(name)) {
          throw new UserError(
              Fault.MISMATCH, what + " has '" + name + "', which the model does not know");
        }
      }
    }
    try (SafetensorsFile file = Safetensors.open(checkpoint.resolve("optimizer.safetensors"))) {
      optimizer.restore(file.path().toString(), file.tensors());
    }
    try (SafetensorsFile file = Safetensors.open(checkpoint.resolve("ema.safetensors"))) {
      ema.restore(file.path().toString(), file.tensors(), state.emaUpdates());
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

  /** Frees the optimiser's state and the averages; the parameters stay. */
  @Override
  public void close() {
    optimizer.close();
    ema.close();
  }
}
