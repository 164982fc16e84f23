/**
 * Benchmarks: what this machine can do (the rate of its matrix products) and how much of that
 * denoising, training and the whole way to a video use; and a fuzzer of the safetensors reader.
 * Sees all of {@code core}; nothing sees it.
 */
@NullMarked
package io.zoetrope.bench;

import org.jspecify.annotations.NullMarked;
