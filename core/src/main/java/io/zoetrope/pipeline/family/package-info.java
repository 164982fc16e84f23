/**
 * From files to what a model consists of. A {@link io.zoetrope.pipeline.family.ModelFamily} knows
 * what its files mean and reads them to a {@link io.zoetrope.pipeline.family.Blueprint}: parts by
 * role, each with its place, key map, number form, keeping and device; the table {@link
 * io.zoetrope.pipeline.family.Families} is the only place that names them. Nobody else asks of
 * which family a model is: the families themselves are not public. Sees {@code pipeline.schedule},
 * and no other room of {@code pipeline}.
 *
 * <p>More than a dozen public types: it is one seam with two sides, what is asked for (choices,
 * placement) and what is read (blueprint, parts, roles, abilities).
 */
@NullMarked
package io.zoetrope.pipeline.family;

import org.jspecify.annotations.NullMarked;
