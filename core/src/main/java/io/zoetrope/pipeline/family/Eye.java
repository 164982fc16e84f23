package io.zoetrope.pipeline.family;

import io.zoetrope.network.vision.ClipVisionConfig;

/**
 * What reads pictures whose tokens a denoiser looks at.
 *
 * @param place of its weights
 */
record Eye(Place place, ClipVisionConfig config) {}
