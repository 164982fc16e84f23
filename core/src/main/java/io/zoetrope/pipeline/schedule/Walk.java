package io.zoetrope.pipeline.schedule;

/** Which scheduler of diffusers walks down discrete timesteps as a sampler does. */
public enum Walk {
  DDIM,
  EULER,
  EULER_A,
  DPM,
  LCM,
  PNDM
}
