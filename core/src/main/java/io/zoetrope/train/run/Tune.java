package io.zoetrope.train.run;

import io.zoetrope.media.Fit;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.pipeline.family.Blueprint;
import io.zoetrope.pipeline.family.Families;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelFiles;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.record.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Tune-A-Video as a recipe (Wu et al., 2023): a model learns one clip, by the queries of its
 * attentions and by what looks across frames. A U-Net of single pictures is inflated for it; a
 * model of videos is taken as it is.
 *
 * @param model that learns
 * @param video what it learns from
 * @param caption what that shows
 * @param shape how the video is taken
 * @param steps of training
 * @param rate of learning; empty for what suits the width of the network
 */
public record Tune(
    Path model, Path video, String caption, Shape shape, long steps, OptionalDouble rate) {
  /** Steps between checkpoints: a clip is learned by heart sooner than one thinks. */
  public static final int EVERY = 100;

  /** Frames of a clip, where the model says nothing. */
  public static final int FRAMES = 16;

  /** Checkpoints that are kept. */
  private static final int KEPT = 20;

  /** From this width on networks are as the paper's. */
  private static final int WIDE = 256;

  private static final double WIDE_RATE = 3e-5;
  private static final double SMALL_RATE = 5e-4;

  private static final List<String> QUERIES = List.of("*.attn1.to_q.weight", "*.attn2.to_q.weight");

  /**
   * A clip.
   *
   * @param start seconds
   */
  public record Shape(int width, int height, int frames, double fps, double start, Fit fit) {}

  /**
   * What is used of a model where nobody says.
   *
   * @throws io.zoetrope.error.UserError if there is no such model
   */
  public static ModelIndex.Defaults defaults(Path model) {
    return read(model).defaults();
  }

  private static Blueprint read(Path model) {
    try (ModelFiles files = ModelFiles.open(model)) {
      return Families.ALL.read(files, ModelChoice.of(model));
    }
  }

  /**
   * The recipe, as JSON.
   *
   * @param name of the run
   * @throws io.zoetrope.error.UserError if the model cannot be tuned
   */
  public String recipe(String name, long seed, String dtype) {
    Blueprint blueprint = read(model);
    boolean moves = blueprint.can(Ability.VIDEO);
    NetworkConfig network = network(blueprint);
    Map<String, Object> base = new LinkedHashMap<>();
    base.put("model", model.toString());
    if (!moves) {
      base.put("inflation", "tune-a-video");
    }
    List<String> names =
        List.of(QUERIES.get(0), QUERIES.get(1), moves ? "time-attention" : "*.attn_temp.*");
    Map<String, Object> objective = new LinkedHashMap<>();
    objective.put("kind", "adapt");
    objective.put("base", base);
    objective.put("parts", List.of(Map.of("kind", "weights", "name", "tuned", "names", names)));
    objective.put("clips", 1);
    objective.put("captionDropout", 0);
    Map<String, Object> recipe = new LinkedHashMap<>();
    recipe.put("name", name);
    recipe.put("seed", seed);
    recipe.put("steps", steps);
    recipe.put("batch", 1);
    recipe.put("precision", dtype);
    double usual = network.features() >= WIDE ? WIDE_RATE : SMALL_RATE;
    recipe.put("optimizer", Map.of("lr", rate.orElse(usual), "betas", List.of(0.9, 0.999)));
    recipe.put("schedule", Map.of("floor", 1.0));
    recipe.put("ema", 0.0);
    recipe.put("checkpoint", Map.of("every", EVERY, "keep", KEPT));
    recipe.put("sample", Map.of("every", 0));
    recipe.put("data", data());
    recipe.put("objective", objective);
    return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(recipe) + "\n";
  }

  /** Of names and shapes alone. */
  private static NetworkConfig network(Blueprint blueprint) {
    try (ParameterStore shapes = ParameterStore.blueprint()) {
      return blueprint.denoiser().make().apply(shapes.root()).config();
    }
  }

  private Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("kind", "video");
    data.put("path", video.toString());
    data.put("caption", caption);
    data.put("width", shape.width);
    data.put("height", shape.height);
    data.put("frames", shape.frames);
    data.put("fps", shape.fps);
    data.put("start", shape.start);
    data.put("fit", shape.fit.name().toLowerCase(Locale.ROOT));
    return data;
  }
}
