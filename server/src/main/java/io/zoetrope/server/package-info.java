/** The studio as a server. */
@NullMarked
package io.zoetrope.server;

import org.jspecify.annotations.NullMarked;
