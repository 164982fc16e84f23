/**
 * Orders for videos as values, and the studio that makes them. An order is a record of records with
 * JSON both ways, checked where it is made; {@link io.zoetrope.pipeline.order.Studio} is the one
 * door behind which models are loaded, sources read, tasks run and frames handed over, and what a
 * finished file remembers is the order itself.
 *
 * <p>More than a dozen public types: a sealed interface and its records share a package, and each
 * task of {@link io.zoetrope.pipeline.order.TaskSpec} is one. Sees the other rooms of {@code
 * pipeline}, {@code media} and {@code record}.
 */
@NullMarked
package io.zoetrope.pipeline.order;

import org.jspecify.annotations.NullMarked;
