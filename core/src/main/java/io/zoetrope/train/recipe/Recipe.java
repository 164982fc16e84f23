package io.zoetrope.train.recipe;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Default;
import io.zoetrope.record.RecordReader;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.TextFiles;
import io.zoetrope.train.AdamW;
import io.zoetrope.train.Learning;
import io.zoetrope.train.LearningRate;
import io.zoetrope.train.Muon;
import io.zoetrope.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;

/**
 * A training run, written down. Read from YAML or JSON; see {@code recipes/}.
 *
 * @param name of the run: letters, digits, dots, dashes and underscores
 * @param seed of all randomness but the data set's
 * @param steps optimiser steps in all
 * @param batch clips (or images) in a micro-batch
 * @param accumulate micro-batches per step
 * @param precision {@code auto}, {@code f32} or {@code bf16}
 * @param clip limit of the global gradient norm; 0 for none
 * @param ema decay of the averaged weights, 0 to below 1
 * @param maxSkipped how many steps in a row may be skipped for a loss that is not finite
 * @param data what is learned from
 * @param objective what is trained, and how
 * @param <M> the methods that it may be
 */
public record Recipe<M>(
    String name,
    @Default("0") long seed,
    long steps,
    int batch,
    @Default("1") int accumulate,
    @Default("auto") String precision,
    Optimizer optimizer,
    @Default("{}") Schedule schedule,
    @Default("1.0") double clip,
    @Default("0.999") double ema,
    @Default("{}") Checkpoint checkpoint,
    @Default("{}") Log log,
    @Default("{}") Sample sample,
    @Default("10") int maxSkipped,
    DataBlock data,
    M objective) {
  private static final int MUON_ITERATIONS = 5;

  /** Above it one step leaves nothing of any network; and far above it numbers have no form. */
  private static final int MOST_RATE = 1000;

  private static final int MOST_BATCH = 65_536;

  /**
   * What moves the weights.
   *
   * @param kind {@code adamw}, or {@code muon}: orthogonal momentum for matrices inside blocks,
   *     AdamW for the rest
   * @param lr the peak learning rate
   * @param momentum Muon's
   * @param betas decays of AdamW's two moments
   * @param weightDecay decoupled; spares biases, gains and other 1-D parameters
   */
  public record Optimizer(
      @Default("adamw") String kind,
      double lr,
      @Default("0.95") double momentum,
      @Default("[0.9, 0.99]") List<Double> betas,
      @Default("1e-8") double eps,
      @Default("0.01") double weightDecay) {
    public Optimizer {
      if (betas.size() != 2) {
        throw new UserError(Fault.INVALID, "betas must be two numbers, are " + betas.size());
      }
      if (!(lr > 0)) {
        throw new UserError(Fault.INVALID, "lr must be above 0, is " + lr);
      }
      if (lr > MOST_RATE) {
        throw new UserError(Fault.INVALID, "lr must be at most %s, is %s".formatted(MOST_RATE, lr));
      }
      io.zoetrope.train.Optimizer.Options unused = options(kind, momentum, betas, eps, weightDecay);
    }

    io.zoetrope.train.Optimizer.Options options() {
      return options(kind, momentum, betas, eps, weightDecay);
    }

    private static io.zoetrope.train.Optimizer.Options options(
        String kind, double momentum, List<Double> betas, double eps, double weightDecay) {
      AdamW.Options adam = new AdamW.Options(betas.get(0), betas.get(1), eps, weightDecay);
      return switch (kind) {
        case "adamw" -> adam;
        case "muon" -> new Muon.Options(momentum, MUON_ITERATIONS, adam);
        default ->
            throw new UserError(
                Fault.INVALID, "kind must be adamw or muon, is '%s'".formatted(kind));
      };
    }
  }

  /**
   * The learning rate over time.
   *
   * @param warmup steps of linear warm-up
   * @param floor the last rate as a fraction of the peak; 1 for a constant one
   */
  public record Schedule(@Default("0") long warmup, @Default("0.0") double floor) {}

  /**
   * @param every steps between checkpoints
   * @param keep how many to keep
   */
  public record Checkpoint(@Default("500") long every, @Default("2") int keep) {
    public Checkpoint {
      TrainingSettings.atLeast("every", 1, every);
      TrainingSettings.atLeast("keep", 1, keep);
    }
  }

  /**
   * @param every steps between lines of metrics.jsonl
   */
  public record Log(@Default("10") long every) {
    public Log {
      TrainingSettings.atLeast("every", 1, every);
    }
  }

  /**
   * @param every steps between samples; 0 for none
   */
  public record Sample(@Default("500") long every) {
    public Sample {
      TrainingSettings.atLeast("every", 0, every);
    }
  }

  public Recipe {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
      throw new UserError(
          Fault.INVALID,
          "name must be letters, digits, dots, dashes and underscores, is '%s'".formatted(name));
    }
    if (batch < 1) {
      throw new UserError(Fault.INVALID, "batch must be at least 1, is " + batch);
    }
    if (batch > MOST_BATCH) {
      throw new UserError(
          Fault.INVALID, "batch must be at most %s, is %s".formatted(MOST_BATCH, batch));
    }
    TrainingSettings.atLeast("steps", 1, steps);
    if (schedule.warmup < 0 || schedule.warmup > steps) {
      throw new UserError(
          Fault.INVALID,
          "schedule.warmup must be 0 to steps (%s), is %s".formatted(steps, schedule.warmup));
    }
    if (!List.of("auto", "f32", "bf16").contains(precision)) {
      throw new UserError(
          Fault.INVALID, "precision must be auto, f32 or bf16, is '%s'".formatted(precision));
    }
    TrainingSettings.atLeast("accumulate", 1, accumulate);
    TrainingSettings.atLeast("maxSkipped", 1, maxSkipped);
    Learning unused = learning(optimizer, schedule, steps, clip, ema);
  }

  /** What the loop needs to know. */
  public TrainingSettings settings() {
    return new TrainingSettings(
        seed,
        steps,
        accumulate,
        learning(optimizer, schedule, steps, clip, ema),
        new TrainingSettings.Rhythm(checkpoint.every, checkpoint.keep, log.every, sample.every),
        maxSkipped);
  }

  private static Learning learning(
      Optimizer optimizer, Schedule schedule, long steps, double clip, double ema) {
    return new Learning(
        optimizer.options(),
        new LearningRate(optimizer.lr, schedule.warmup, steps, schedule.floor),
        clip,
        ema);
  }

  /**
   * Reads a recipe with settings put over it.
   *
   * @param settings as in {@code objective.perFrame=0.5}
   * @param named what errors call a setting
   * @param methods the records that an objective may be, by their kinds
   * @throws UserError naming the file and line, or the setting, the key and the mend
   */
  public static <M> Recipe<M> read(
      Path file,
      List<String> settings,
      String named,
      SequencedMap<String, Class<? extends M>> methods) {
    try {
      String text = TextFiles.lenient(file);
      return parse(file.toString(), text, settings, named, methods);
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", file, e);
    }
  }

  /**
   * As {@link #read}.
   *
   * @param what names the text's origin in errors
   * @param text YAML or JSON
   */
  @SuppressWarnings("unchecked") // the reader makes an objective of one of the methods
  public static <M> Recipe<M> parse(
      String what,
      String text,
      List<String> settings,
      String named,
      SequencedMap<String, Class<? extends M>> methods) {
    return (Recipe<M>) RecordReader.read(what, text, settings, named, Recipe.class, methods);
  }
}
