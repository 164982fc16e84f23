package io.zoetrope.network;

/** A network beside a denoiser that is shown something to follow. */
public interface ControlNetwork {
  /** What it is to be shown. */
  ControlHint shows();
}
