package io.zoetrope.network;

import io.zoetrope.nn.Parameters;

/** The shape of a {@link VideoNetwork}: a record that is written beside its weights. */
public interface NetworkConfig {
  /** Builds the network. */
  VideoNetwork build(Parameters p);

  /** The network's folder in a model directory: the name of its architecture there. */
  String folder();

  /** Channels of the videos (latents or pixels) that it denoises. */
  int channels();

  /** Features of a text token. */
  int textWidth();

  /** Features where it is widest. */
  int features();

  /** Heads of attention where it is widest. */
  int attentionHeads();

  /** Width and height of what it denoises must be multiples of it. */
  int multiple();

  /** Whether it looks across frames; a network for still images does not. */
  boolean temporal();

  /** The same network for still images, or with its temporal layers. */
  NetworkConfig withTemporal(boolean on);

  /** Whether a parameter is meant to be trained; by default all are. */
  default boolean trains(String parameter) {
    return true;
  }
}
