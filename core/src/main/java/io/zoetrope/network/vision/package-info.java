/**
 * What reads pictures: CLIP's vision transformer, and what makes words of its features that image
 * networks read beside those of a prompt (IP-Adapter); the config of a whole CLIP, texts and
 * pictures. Sees {@code network} and the blocks of {@code network.text.clip}.
 */
@NullMarked
package io.zoetrope.network.vision;

import org.jspecify.annotations.NullMarked;
