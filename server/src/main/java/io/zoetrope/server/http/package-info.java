/**
 * How the server speaks HTTP, whatever it is asked for: who may ask, how much and how often, what
 * an error looks like, how bodies are read. Knows no route but those of log-in and operation;
 * groups of routes come as {@link io.zoetrope.server.http.RouteGroup}.
 */
@NullMarked
package io.zoetrope.server.http;

import org.jspecify.annotations.NullMarked;
