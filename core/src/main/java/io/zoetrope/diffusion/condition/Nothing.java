package io.zoetrope.diffusion.condition;

/**
 * What stands for nothing in a slot: what the branch that guidance leads away from is given where
 * it says nothing of its own.
 */
public enum Nothing {
  /** What is guided towards: it is no part of what guidance is about. */
  SAME,

  /** Zeros. */
  ZERO,

  /** Only who makes it knows: an empty prompt, a vector that was learned. It must be said. */
  SAID
}
