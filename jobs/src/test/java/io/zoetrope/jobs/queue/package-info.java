@NullMarked
package io.zoetrope.jobs.queue;

import org.jspecify.annotations.NullMarked;
