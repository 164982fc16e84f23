package io.zoetrope.pipeline.family;

import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;

/**
 * What a {@code model_index.json} of diffusers says: which pipeline the directory is for, and of
 * which class each of its components is. Components that are null there are not in it.
 *
 * @param kind class of the pipeline
 * @param parts by name, which is also the folder
 */
public record DiffusersIndex(String kind, SequencedMap<String, Part> parts) {
  public static final String STABLE_DIFFUSION = "StableDiffusionPipeline";
  public static final String ANIMATE_DIFF = "AnimateDiffPipeline";

  /** Pipelines whose directories this version runs. */
  public static final List<String> KINDS = List.of(STABLE_DIFFUSION, ANIMATE_DIFF);

  /** Components that such a directory must have, and the classes of them that are known. */
  private static final Map<String, List<String>> NEEDED =
      Map.of(
          "unet", List.of("UNet2DConditionModel", "UNetMotionModel"),
          "vae", List.of("AutoencoderKL"),
          "text_encoder", List.of("CLIPTextModel"),
          "tokenizer", List.of("CLIPTokenizer", "CLIPTokenizerFast"),
          "scheduler", List.of());

  /** A component that a pipeline may have; without a U-Net that has it in itself, it must. */
  private static final Map<String, List<String>> OPTIONAL =
      Map.of("motion_adapter", List.of("MotionAdapter"));

  /** Components that make no difference to what is made. */
  private static final List<String> IGNORED =
      List.of("safety_checker", "feature_extractor", "image_encoder");

  /**
   * A component.
   *
   * @param library that its class is of
   * @param type its class
   */
  public record Part(String library, String type) {}

  public DiffusersIndex {
    parts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parts));
  }

  /** From the JSON. Values that are no pairs of library and class are settings, and passed over. */
  public static DiffusersIndex of(JsonNode json) {
    SequencedMap<String, Part> parts = new LinkedHashMap<>();
    json.properties()
        .forEach(field -> {
          JsonNode pair = field.getValue();
          if (pair.isArray() && pair.size() == 2 && pair.path(1).isString()) {
            parts.put(
                field.getKey(), new Part(pair.path(0).asString(""), pair.path(1).asString("")));
          }
        });
    return new DiffusersIndex(json.path("_class_name").asString(""), parts);
  }

  /** Whether a component is there, and counts. */
  boolean has(String part) {
    return parts.containsKey(part) && !IGNORED.contains(part);
  }

  /** Components that are there and are not used. */
  public List<String> ignored() {
    return parts.keySet().stream().filter(IGNORED::contains).toList();
  }

  /**
   * Requires that the directory can be run: each component that is needed is named and there, and
   * nothing is named that would be left out in silence.
   *
   * @throws UserError naming the first that is not
   */
  void requireRunnable(ModelLayout layout) {
    Path directory = layout.directory();
    List<String> needed = new ArrayList<>(NEEDED.keySet().stream().sorted().toList());
    if (kind.equals(ANIMATE_DIFF) && !isMotionUNet()) {
      needed.add("motion_adapter");
    }
    for (String name : needed) {
      if (!parts.containsKey(name)) {
        throw new UserError(
            Fault.DAMAGED,
            "%s: model_index.json names no %s: the model is not whole".formatted(directory, name));
      }
    }
    parts.forEach((name, part) -> {
      if (!IGNORED.contains(name)) {
        requireKnown(layout, name, part);
      }
    });
  }

  private boolean isMotionUNet() {
    Part unet = parts.get("unet");
    return unet != null && unet.type.equals("UNetMotionModel");
  }

  private static void requireKnown(ModelLayout layout, String name, Part part) {
    Path directory = layout.directory();
    List<String> known = NEEDED.getOrDefault(name, OPTIONAL.getOrDefault(name, List.of()));
    if (!NEEDED.containsKey(name) && !OPTIONAL.containsKey(name)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s has a component %s (%s), which this version cannot run"
              .formatted(directory, name, part.type));
    }
    if (!known.isEmpty() && !known.contains(part.type)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s: its %s is a %s; this version runs %s"
              .formatted(directory, name, part.type, String.join(" or ", known)));
    }
    // A tokenizer that lies elsewhere is looked for there.
    boolean elsewhere = name.equals("tokenizer") && !layout.tokenizerFolder().startsWith(directory);
    Path folder = directory.resolve(name);
    if (!elsewhere && !Files.isDirectory(folder)) {
      throw new UserError(
          Fault.NOT_FOUND,
          "there is no folder %s, which model_index.json names: the model is not whole"
              .formatted(folder));
    }
  }
}
