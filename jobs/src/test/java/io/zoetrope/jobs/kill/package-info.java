/** Processes that are killed, and what must be left of their work. */
@NullMarked
package io.zoetrope.jobs.kill;

import org.jspecify.annotations.NullMarked;
