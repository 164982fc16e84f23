package io.zoetrope.pipeline.schedule;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.sampler.Sampler;

/**
 * How clips are sampled.
 *
 * @param schedule under which the levels of plans are meant
 * @param sampler how a step is made
 * @param levels down which frames fall, from 1 to 0
 */
@SuppressWarnings("ArrayRecordComponent") // never written to
public record Sampling(NoiseSchedule schedule, Sampler sampler, double[] levels) {}
