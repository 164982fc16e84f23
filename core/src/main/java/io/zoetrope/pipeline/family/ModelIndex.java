package io.zoetrope.pipeline.family;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.pipeline.schedule.Scheduling;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What {@code model_index.json} says: of which kind the model is, and how it is used best.
 *
 * @param kind {@link #KIND}, or one of {@link DiffusersIndex#KINDS}
 * @param defaults what is used where a request says nothing
 */
public record ModelIndex(
    @JsonProperty("_class_name") String kind, @JsonProperty("defaults") Defaults defaults) {
  /**
   * What is trained here: a space-time transformer or a U-Net, an autoencoder or none, a text
   * transformer.
   */
  public static final String KIND = "ZoetropeTextToVideo";

  /** Frames that AnimateDiff's motion modules were trained on. */
  private static final int CLIP = 16;

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
      @JsonProperty("sampler") String sampler) {
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
          other);
    }
  }

  /**
   * Reads the index of a model.
   *
   * @param model named in errors
   * @throws UserError if it is of a kind that cannot be run, or names what is not there
   */
  static ModelIndex read(ModelLayout layout, Path model) {
    JsonNode json = JsonFiles.read(layout.index(), JsonNode.class);
    String kind = json.path("_class_name").asString("");
    if (DiffusersIndex.KINDS.contains(kind)) {
      DiffusersIndex index = DiffusersIndex.of(json);
      index.requireRunnable(layout);
      return new ModelIndex(kind, defaults(kind, layout));
    }
    ModelIndex index = JsonFiles.read(layout.index(), ModelIndex.class);
    if (!KIND.equals(index.kind())) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s is a %s; this version runs %s, %s"
              .formatted(model, kind, KIND, String.join(", ", DiffusersIndex.KINDS)));
    }
    return index;
  }

  /**
   * The model that refines what a model makes, as its index says ({@code "refiner": NAME}): a
   * folder beside it. Empty if the index names none, or what it names is not there.
   *
   * @param model a model's folder or file
   */
  public static Optional<Path> refiner(Path model) {
    Path index = new ModelLayout(model).index();
    if (!Files.isRegularFile(index)) {
      return Optional.empty();
    }
    String name = JsonFiles.read(index, JsonNode.class).path("refiner").asString("");
    Path beside = model.toAbsolutePath().normalize().resolveSibling(name);
    boolean there = !name.isBlank() && Files.isRegularFile(new ModelLayout(beside).index());
    return there ? Optional.of(beside) : Optional.empty();
  }

  /** This index of an image model, with motion modules in it. */
  ModelIndex underMotion(String sampler) {
    Defaults d = defaults;
    return new ModelIndex(
        kind, new Defaults(d.width(), d.height(), CLIP, d.fps(), d.steps(), d.guidance(), sampler));
  }

  /** As such models are used: an image, or a clip of 16 frames, of the size of the training. */
  private static Defaults defaults(String kind, ModelLayout layout) {
    JsonNode size = layout.network("unet").config(JsonNode.class).path("sample_size");
    int side = (size.isArray() ? size.path(0) : size).asInt(64) * 8;
    int frames = kind.equals(DiffusersIndex.ANIMATE_DIFF) ? CLIP : 1;
    String sampler =
        Scheduling.read(layout.scheduler()) instanceof DiffusersScheduler own
            ? own.sampler()
            : "ddim";
    return new Defaults(side, side, frames, 8, 25, 7.5, "ddim").by(sampler);
  }
}
