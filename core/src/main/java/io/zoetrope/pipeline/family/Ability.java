package io.zoetrope.pipeline.family;

/** What a model can do beyond making a picture from noise. */
public enum Ability {
  /** It looks across frames; one that does not makes single pictures. */
  VIDEO,

  /** What looks across frames can attend over long clips window by window. */
  WINDOWED_ATTENTION
}
