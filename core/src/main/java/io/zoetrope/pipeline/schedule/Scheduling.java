package io.zoetrope.pipeline.schedule;

import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.discrete.TimestepSpacing;
import io.zoetrope.error.UserError;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The noise that a model was trained with, and how it is walked down: {@code
 * scheduler/scheduler_config.json}, in our words ({@link SchedulerConfig}) or in those of diffusers
 * ({@link DiffusersScheduler}).
 */
public sealed interface Scheduling permits SchedulerConfig, DiffusersScheduler {
  /** What the network predicts. */
  Prediction toPrediction();

  /** The schedule of the training. */
  NoiseSchedule toSchedule();

  /** What {@link #read} reads: a record or a tree that Jackson writes. */
  Object json();

  /** The schedule of the training in words: {@code scaled_linear 8.5E-4-0.012}, {@code flow}. */
  String describe();

  /**
   * How to sample.
   *
   * @param sampler a name of {@link Samplers#NAMES}
   * @throws UserError if the sampler does not exist, or does not fit the training or the steps
   */
  Sampling sampling(String sampler, int steps);

  /**
   * The same with timesteps spaced in another way.
   *
   * @throws UserError if its timesteps are not spaced by a name
   */
  Scheduling spaced(TimestepSpacing spacing);

  /** To which few steps the model was distilled; empty for most. */
  Optional<Distilled> distilled();

  /**
   * The same of a model that was distilled.
   *
   * @throws UserError if its steps cannot land on levels of equal distance
   */
  Scheduling distilledTo(Distilled few);

  /**
   * Reads either kind.
   *
   * @throws UserError if the file is missing or damaged, or names what this version does not know
   */
  static Scheduling read(Path file) {
    JsonNode config = JsonFiles.read(file, JsonNode.class);
    if (!config.has("_class_name")) {
      return JsonFiles.read(file, SchedulerConfig.class);
    }
    try {
      return new DiffusersScheduler(config);
    } catch (UserError e) {
      throw e.at(file);
    }
  }
}
