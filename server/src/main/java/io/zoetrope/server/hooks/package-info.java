/** Tells other servers of jobs that are over, when these asked for it. */
@NullMarked
package io.zoetrope.server.hooks;

import org.jspecify.annotations.NullMarked;
