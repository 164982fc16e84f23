/** Commands that make other data sets of clips: latents, tars. Sees {@code cli} and the library. */
@NullMarked
package io.zoetrope.app.latents;

import org.jspecify.annotations.NullMarked;
