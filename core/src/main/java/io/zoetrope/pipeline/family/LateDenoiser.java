package io.zoetrope.pipeline.family;

import io.zoetrope.network.VideoNetwork;

/**
 * A second network of a model, for frames that have little noise left.
 *
 * @param below what networks are told of the first level that is not its own: it denoises frames
 *     that are told less
 */
public record LateDenoiser(VideoNetwork network, double below) {}
