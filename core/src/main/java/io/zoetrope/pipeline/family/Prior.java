package io.zoetrope.pipeline.family;

import io.zoetrope.network.prior.PriorTransformer;
import io.zoetrope.pipeline.schedule.Scheduling;

/**
 * A prior and how its noise is walked.
 *
 * @param sampler that it is sampled with, by name
 * @param shared whether texts and pictures share one space of embeddings, in which they are near
 *     where they agree
 */
public record Prior(
    PriorTransformer network, Scheduling scheduling, String sampler, boolean shared) {}
