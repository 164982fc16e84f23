/**
 * One U-Net for images and, by an {@link io.zoetrope.network.unet.Inflation}, for video. Layers and
 * their names are those of Stable Diffusion's checkpoints as diffusers writes them; frames ride in
 * the batch axis of image layers, so an image network's weights load unchanged. Sees {@code nn},
 * {@code torch}, {@code network}, and of {@code diffusion} the contract that it implements.
 *
 * <p>Shapes: {@code x_MCHW} with {@code M = B * F} frames, channels next to each other in memory;
 * {@code x_BFNC} the same as N = H * W tokens a frame; {@code c_ME} the condition of each frame.
 *
 * <p>More than a dozen types: one U-Net is told by its config, its inflation and the kinds of
 * layers that these name.
 */
@NullMarked
package io.zoetrope.network.unet;

import org.jspecify.annotations.NullMarked;
