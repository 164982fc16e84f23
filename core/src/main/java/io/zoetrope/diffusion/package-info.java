/**
 * What diffusion is, without any network: noise schedules, predictions, the denoiser contract, and
 * the timestep plan that says what a task is ({@link io.zoetrope.diffusion.Plans} has one of each).
 * Sees {@code progress}, {@code torch} and {@code record} only, and none of its inner rooms ({@code
 * discrete}, {@code sampler}, {@code guidance}); networks implement {@link
 * io.zoetrope.diffusion.Denoiser}, samplers and guidance use {@link
 * io.zoetrope.diffusion.X0Denoiser}.
 *
 * <p>Time is a vector: every noise level here is per frame. A level {@code u} lies in [0, 1], 1 is
 * noise and 0 is clean; {@code u_BF} is a tensor of levels, and a scalar level is its broadcast.
 * What a network is told of them, its timesteps of 0 to 999 or whatever it was trained with, is
 * {@code t_BF}; only {@link io.zoetrope.diffusion.NoiseSchedule#timestepInput(double)} leads from
 * one to the other. Level arithmetic is done in Java doubles; only the finished coefficients meet
 * the video tensor, in its own dtype.
 *
 * <p>Legend: {@code z} noisy video, {@code x0} clean video, {@code eps} noise, all [B, C, F, H, W]
 * with {@code z = alpha x0 + sigma eps}; {@code logSnr = ln(alpha^2 / sigma^2)}.
 *
 * <p>More than a dozen types: schedules, predictions, levels and plans are one vocabulary, in which
 * each word is said with the others; what uses it has rooms of its own.
 */
@NullMarked
package io.zoetrope.diffusion;

import org.jspecify.annotations.NullMarked;
