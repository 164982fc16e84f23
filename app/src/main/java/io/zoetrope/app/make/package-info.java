/**
 * The commands that make videos. Each reads its options and says which {@link
 * io.zoetrope.pipeline.order.TaskSpec} they mean; {@link io.zoetrope.app.make.MakeVerb} is the
 * course that all of them take from there, through {@link io.zoetrope.pipeline.order.Studio}. Sees
 * {@code cli}, {@code make.option} and the values of orders; no engine, no network, no tensors.
 *
 * <p>More than a dozen public types: each command is one.
 */
@NullMarked
package io.zoetrope.app.make;

import org.jspecify.annotations.NullMarked;
