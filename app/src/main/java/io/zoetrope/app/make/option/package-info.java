/**
 * Options of the commands that make videos, each a part of an order: how long, of which parts, how
 * clips are joined and held. Sees {@code cli} and {@code pipeline.order}.
 *
 * <p>More than a dozen types: one for each group of options that belong together.
 */
@NullMarked
package io.zoetrope.app.make.option;

import org.jspecify.annotations.NullMarked;
