/** The page: static files, and the route group that serves them. */
@NullMarked
package io.zoetrope.server.page;

import org.jspecify.annotations.NullMarked;
