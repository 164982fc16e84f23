package io.zoetrope.pipeline;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What {@code model_index.json} says: of which kind the model is, and how it is used best.
 *
 * @param kind {@link #KIND}
 * @param defaults what is used where a request says nothing
 */
public record ModelIndex(
    @JsonProperty("_class_name") String kind, @JsonProperty("defaults") Defaults defaults) {
  /**
   * The one kind so far: a space-time transformer or a U-Net, an autoencoder or none, a text
   * transformer.
   */
  public static final String KIND = "ZoetropeTextToVideo";

  /**
   * How the model is used best.
   *
   * @param width pixels
   * @param height pixels
   * @param frames of a clip
   * @param fps frames per second that it was trained at
   * @param steps of sampling
   * @param guidance scale; 1 is off
   * @param sampler by name
   */
  public record Defaults(
      @JsonProperty("width") int width,
      @JsonProperty("height") int height,
      @JsonProperty("frames") int frames,
      @JsonProperty("fps") double fps,
      @JsonProperty("steps") int steps,
      @JsonProperty("guidance") double guidance,
      @JsonProperty("sampler") String sampler) {}
}
