/**
 * What a user calls: load a model, make a video. Assembles the parts of every room but {@code
 * train} and {@code data}.
 */
@NullMarked
package io.zoetrope.pipeline;

import org.jspecify.annotations.NullMarked;
