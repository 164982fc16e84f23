/**
 * The commands that make videos, and the one that draws their plans. Each reads its options and
 * sources and says which {@link io.zoetrope.pipeline.task.VideoTask} they mean; {@link
 * io.zoetrope.app.make.MakeVerb} is the course that all of them take from there. Sees {@code cli}
 * and the library.
 */
@NullMarked
package io.zoetrope.app.make;

import org.jspecify.annotations.NullMarked;
