package io.zoetrope.pipeline.family;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.zoetrope.checkpoint.JsonFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What the {@code model_index.json} of a model that was trained here says: of which kind it is, and
 * how it is used best.
 *
 * @param kind {@link #KIND}
 * @param defaults what is used where a request says nothing
 * @param beside what its network is shown beside the noisy video, as {@link Beside#text} has it
 */
public record ModelIndex(
    @JsonProperty("_class_name") String kind,
    @JsonProperty("defaults") Defaults defaults,
    @JacksonInject(value = "absent", useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
        @JsonInclude(JsonInclude.Include.NON_ABSENT)
        @JsonProperty("beside")
        Optional<String> beside) {
  /** Of one that sees its video alone. */
  public ModelIndex(String kind, Defaults defaults) {
    this(kind, defaults, Optional.empty());
  }

  /**
   * What is trained here: a space-time transformer or a U-Net, an autoencoder or none, a text
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
   * @param firstGuidance scale at the first frame, from which it runs to {@code guidance} at the
   *     last; empty where all frames have that
   */
  public record Defaults(
      @JsonProperty("width") int width,
      @JsonProperty("height") int height,
      @JsonProperty("frames") int frames,
      @JsonProperty("fps") double fps,
      @JsonProperty("steps") int steps,
      @JsonProperty("guidance") double guidance,
      @JsonProperty("sampler") String sampler,
      @JacksonInject(value = "absent", useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
          @JsonInclude(JsonInclude.Include.NON_ABSENT)
          @JsonProperty("guidance_first")
          Optional<Double> firstGuidance) {
    @JsonCreator
    public Defaults {}

    /** With one guidance for all frames. */
    public Defaults(
        int width, int height, int frames, double fps, int steps, double guidance, String sampler) {
      this(width, height, frames, fps, steps, guidance, sampler, Optional.empty());
    }

    /** With guidance that rises over the frames from another scale at the first. */
    Defaults rising(double first) {
      return new Defaults(width, height, frames, fps, steps, guidance, sampler, Optional.of(first));
    }

    /** With another sampler: LCM's models take few steps, and little guidance. */
    public Defaults by(String other) {
      boolean few = other.equals("lcm") && !sampler.equals("lcm");
      return new Defaults(
          width,
          height,
          frames,
          fps,
          few ? 6 : steps,
          few ? Math.min(guidance, 2) : guidance,
          other,
          firstGuidance);
    }

    /** With another sampler, and all else as it is. */
    Defaults sampledBy(String other) {
      return new Defaults(width, height, frames, fps, steps, guidance, other, firstGuidance);
    }

    /** In so few steps as a model was distilled for: by Euler's method, without guidance. */
    Defaults distilled(int few) {
      return new Defaults(width, height, frames, fps, few, 1, "euler");
    }

    /** With another guidance. */
    Defaults guided(double other) {
      return new Defaults(width, height, frames, fps, steps, other, sampler, firstGuidance);
    }

    /** With clips of so many frames. */
    Defaults of(int clip) {
      return new Defaults(width, height, clip, fps, steps, guidance, sampler, firstGuidance);
    }
  }

  /**
   * The model that refines what a model makes, as its index says ({@code "refiner": NAME}): a
   * folder beside it. Empty if the index names none, or what it names is not there.
   *
   * @param model a model's folder or file
   */
  public static Optional<Path> refiner(Path model) {
    return sibling(model, "refiner");
  }

  /**
   * The model of few steps that was distilled from a model, as its index says ({@code "fast":
   * NAME}): a folder beside it. Empty if the index names none, or what it names is not there.
   *
   * @param model a model's folder or file
   */
  public static Optional<Path> fast(Path model) {
    return sibling(model, "fast");
  }

  private static Optional<Path> sibling(Path model, String field) {
    Path index = new ModelLayout(model).index();
    if (!Files.isRegularFile(index)) {
      return Optional.empty();
    }
    String name = JsonFiles.read(index, JsonNode.class).path(field).asString("");
    Path beside = model.toAbsolutePath().normalize().resolveSibling(name);
    boolean there = !name.isBlank() && Files.isRegularFile(new ModelLayout(beside).index());
    return there ? Optional.of(beside) : Optional.empty();
  }

  /**
   * How much {@code refine} makes again where nobody says, as the index says ({@code "refine":
   * {"strength": X}}): 0 where making it again comes out worse than enlarging.
   *
   * @param model a model's folder or file
   */
  public static Optional<Double> refineStrength(Path model) {
    Path index = new ModelLayout(model).index();
    if (!Files.isRegularFile(index)) {
      return Optional.empty();
    }
    JsonNode strength = JsonFiles.read(index, JsonNode.class).path("refine").path("strength");
    return strength.isNumber() ? Optional.of(strength.asDouble()) : Optional.empty();
  }
}
