/**
 * {@code /v1/videos}: the protocol that clients, gateways and other servers speak, over the jobs.
 * Sees the plumbing of HTTP and the jobs, no other group of routes, and nothing that computes.
 */
@NullMarked
package io.zoetrope.server.videos;

import org.jspecify.annotations.NullMarked;
