package io.zoetrope.pipeline.schedule;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.discrete.TimestepSpacing;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.Optional;

/**
 * The noise that a model was trained with: {@code scheduler/scheduler_config.json}.
 *
 * @param schedule flow, cosine, linear, scaled_linear or karras
 * @param shift of the flow schedule; 1 elsewhere
 * @param prediction what the network predicts
 * @param distilled to which few steps the model was distilled; empty for most
 */
public record SchedulerConfig(
    @JsonProperty("schedule") String schedule,
    @JsonProperty("shift") double shift,
    @JsonProperty("prediction_type") String prediction,
    @JacksonInject(value = "absent", useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
        @JsonInclude(JsonInclude.Include.NON_ABSENT)
        @JsonProperty("distilled")
        Optional<Distilled> distilled)
    implements Scheduling {
  @JsonCreator
  public SchedulerConfig {}

  /** Of a model that was not distilled. */
  public SchedulerConfig(String schedule, double shift, String prediction) {
    this(schedule, shift, prediction, Optional.empty());
  }

  @Override
  public NoiseSchedule toSchedule() {
    return switch (schedule) {
      case "flow" -> NoiseSchedule.flow(shift);
      case "cosine" -> NoiseSchedule.cosine();
      case "linear" -> NoiseSchedule.linear();
      case "scaled_linear" -> NoiseSchedule.scaledLinear();
      case "karras" -> NoiseSchedule.karras();
      default ->
          throw new UserError(
              Fault.INVALID,
              "unknown noise schedule '" + schedule + "'",
              "it is one of flow, cosine, linear, scaled_linear, karras");
    };
  }

  @Override
  public Object json() {
    return this;
  }

  @Override
  public SchedulerConfig distilledTo(Distilled few) {
    return new SchedulerConfig(schedule, shift, prediction, Optional.of(few));
  }

  @Override
  public String describe() {
    return switch (schedule) {
      case "flow" -> shift == 1 ? "flow" : "flow " + shift;
      case "linear" -> "linear 1.0E-4-0.02";
      case "scaled_linear" -> "scaled_linear 8.5E-4-0.012";
      default -> schedule;
    };
  }

  @Override
  public Prediction toPrediction() {
    return Prediction.of(prediction);
  }

  @Override
  public Scheduling spaced(TimestepSpacing spacing) {
    throw new UserError(
        Fault.UNSUPPORTED,
        "spacing is for models with a scheduler of diffusers; this one's noise is continuous",
        "leave it out");
  }

  /** Levels as the schedule spaces them; by Karras's rule for a sampler whose name says so. */
  @Override
  public Sampling sampling(String sampler, int steps) {
    Samplers.Named named = Samplers.named(sampler);
    distilled.ifPresent(few -> few.require(sampler, steps));
    NoiseSchedule noise = toSchedule();
    double[] levels =
        distilled
            .map(few -> few.spacing(steps))
            .orElseGet(() -> named.spacing().levels(noise, steps));
    return new Sampling(noise, named.algorithm().plain(), levels);
  }
}
