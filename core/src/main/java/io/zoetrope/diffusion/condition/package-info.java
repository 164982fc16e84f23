/**
 * What a video is conditioned on: a {@link io.zoetrope.diffusion.condition.Conditioning} holds
 * entries, each in a {@link io.zoetrope.diffusion.condition.Slot} that says along which {@link
 * io.zoetrope.diffusion.condition.Axis} of the video it lies and what stands for {@link
 * io.zoetrope.diffusion.condition.Nothing nothing}. Guidance, windows, prompts and batches slice
 * and join every entry by that alone and know none by name; so a new entry is a new slot in the
 * room that reads it. Sees {@code torch} only.
 */
@NullMarked
package io.zoetrope.diffusion.condition;

import org.jspecify.annotations.NullMarked;
