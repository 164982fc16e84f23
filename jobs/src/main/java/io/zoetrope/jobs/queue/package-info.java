/** Jobs are taken, wait for their turn, and are made: the door's implementation. */
@NullMarked
package io.zoetrope.jobs.queue;

import org.jspecify.annotations.NullMarked;
