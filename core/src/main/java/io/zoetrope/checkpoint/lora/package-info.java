/**
 * LoRAs in every dialect that is met on disk: which layer a key means, at which rank and scale, and
 * what was used. Sees the rooms of {@code checkpoint} but {@code hub}.
 */
@NullMarked
package io.zoetrope.checkpoint.lora;

import org.jspecify.annotations.NullMarked;
