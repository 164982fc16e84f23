package io.zoetrope.train.method;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.pipeline.schedule.SchedulerConfig;
import io.zoetrope.record.Default;

/**
 * A noise schedule by name.
 *
 * @param name flow, cosine, linear, scaled_linear or karras
 * @param shift of the flow schedule; 1 elsewhere
 */
record ScheduleBlock(String name, @Default("1.0") double shift) {
  public ScheduleBlock {
    NoiseSchedule unused = new SchedulerConfig(name, shift, "eps").toSchedule();
  }

  NoiseSchedule schedule() {
    return new SchedulerConfig(name, shift, "eps").toSchedule();
  }
}
