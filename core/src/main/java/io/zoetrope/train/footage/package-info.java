/**
 * What is learned from: clips as latents, how often each is drawn, how its caption is told, and
 * what a network is shown of it besides. Sees {@code data} and what the rooms below {@code train}
 * are made of.
 */
@NullMarked
package io.zoetrope.train.footage;

import org.jspecify.annotations.NullMarked;
