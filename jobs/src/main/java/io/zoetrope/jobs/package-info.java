/**
 * Orders that are kept until they are made: what a job is, and the door to all of them. Nothing
 * here knows of HTTP.
 */
@NullMarked
package io.zoetrope.jobs;

import org.jspecify.annotations.NullMarked;
