/**
 * The transformer of Wan 2.1 and 2.2, SkyReels-V2 and VACE (Wan Team, "Wan: Open and Advanced
 * Large-Scale Video Generative Models", 2025; Chen et al., "SkyReels-V2", 2025; Jiang et al.,
 * "VACE", 2025): every token attends to all others of its clip. Names of parameters and configs are
 * those of diffusers. Sees {@code nn}, {@code torch}, {@code network}, and of {@code diffusion} the
 * contract that it implements.
 */
@NullMarked
package io.zoetrope.network.wan;

import org.jspecify.annotations.NullMarked;
