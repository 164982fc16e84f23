package io.zoetrope.network.text.clip;

/**
 * A word of vectors that were learned apart (Gal et al., "An Image is Worth One Word", 2022).
 *
 * @param name as prompts have it, in letters of any case
 * @param vectors tokens that it takes, at least 1
 * @param values their features, one vector after another; not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record LearnedWord(String name, int vectors, float[] values) {}
