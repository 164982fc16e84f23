package io.zoetrope.train.method;

import io.zoetrope.diffusion.DiscreteBetaSchedule;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.schedule.SchedulerConfig;
import io.zoetrope.record.Default;
import java.util.List;

/**
 * A noise schedule by name.
 *
 * @param name flow, cosine, linear, scaled_linear or karras
 * @param shift of the flow schedule; 1 elsewhere
 * @param betas first and last of a linear or scaled_linear one of 1000 steps; AnimateDiff's motion
 *     modules are trained on linear ones from 0.00085 to 0.012
 */
record ScheduleBlock(String name, @Default("1.0") double shift, @Default("[]") List<Double> betas) {
  public ScheduleBlock {
    betas = List.copyOf(betas);
    NoiseSchedule unused = new SchedulerConfig(name, shift, "eps").toSchedule();
    boolean rises =
        betas.size() == 2 && betas.get(0) > 0 && betas.get(0) < betas.get(1) && betas.get(1) < 1;
    if (!betas.isEmpty() && !(rises && name.endsWith("linear"))) {
      throw new UserError(
          Fault.INVALID,
          "betas are two numbers that rise within 0 and 1, of linear and scaled_linear; %s has %s"
              .formatted(name, betas));
    }
  }

  NoiseSchedule schedule() {
    if (betas.isEmpty()) {
      return new SchedulerConfig(name, shift, "eps").toSchedule();
    }
    return name.equals("linear")
        ? DiscreteBetaSchedule.linear(1000, betas.get(0), betas.get(1))
        : DiscreteBetaSchedule.scaledLinear(1000, betas.get(0), betas.get(1));
  }

  /** As a base's scheduling words it. */
  String describe() {
    return betas.isEmpty()
        ? new SchedulerConfig(name, shift, "eps").describe()
        : name + " " + betas.get(0) + "-" + betas.get(1);
  }
}
