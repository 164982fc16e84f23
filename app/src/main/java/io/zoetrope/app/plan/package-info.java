/**
 * The command that draws plans, and shows them being walked: for that it watches an engine from
 * inside, which the commands that make videos do not. Sees {@code cli} and the library up to {@code
 * pipeline.order}.
 */
@NullMarked
package io.zoetrope.app.plan;

import org.jspecify.annotations.NullMarked;
