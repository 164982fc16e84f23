package io.zoetrope.pipeline.family;

import io.zoetrope.network.NetworkConfig;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.pipeline.schedule.Scheduling;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * ModelScope's text-to-video model and Zeroscope, which was made of it, in a directory of
 * diffusers.
 */
final class ModelScope implements ModelFamily {
  static final String KIND = "TextToVideoSDPipeline";

  /** Frames of the training, and those of Zeroscope's. */
  private static final int CLIP = 16;

  private static final int ZEROSCOPE_CLIP = 24;

  /** As the reference's pipeline guides, and in so many steps. */
  private static final double GUIDANCE = 9;

  private static final int STEPS = 50;

  /** Pixels of a side where the config says nothing: those of the training. */
  private static final int SIDE = 32;

  /** What directories have whose U-Net is one of videos, under a name that several share. */
  static final Components COMPONENTS =
      new Components(
          Map.of(
              "unet", List.of("UNet3DConditionModel"),
              "vae", List.of("AutoencoderKL"),
              "text_encoder", List.of("CLIPTextModel"),
              "tokenizer", List.of("CLIPTokenizer", "CLIPTokenizerFast"),
              "scheduler", List.of()),
          Map.of(),
          List.of());

  @Override
  public String name() {
    return KIND;
  }

  /** From videos they are made by the same parts. */
  @Override
  public boolean runs(String kind) {
    return kind.equals(KIND) || kind.equals("VideoToVideoSDPipeline");
  }

  @Override
  public boolean recognises(ModelFiles files) {
    return runs(files.kind());
  }

  @Override
  public Blueprint read(ModelFiles files, ModelChoice choice) {
    Assembly assembly = Assembly.ofDirectory(files, choice);
    ModelLayout layout = assembly.layout();
    DiffusersIndex index = DiffusersIndex.of(files.index());
    COMPONENTS.require(index, layout);
    NetworkConfig network = Networks.read(layout);
    Scheduling scheduling = Scheduling.read(layout.scheduler());
    JsonNode said = layout.network("unet").config(JsonNode.class).path("sample_size");
    return assembly.blueprint(
        KIND,
        Denoisers.dress(files, choice, network, Optional.empty()),
        scheduling,
        defaults(files.model(), said, scheduling),
        new Blueprint.Leftovers(COMPONENTS.unused(index), List.of()));
  }

  /**
   * As such models are used. Zeroscope's files do not say for which size and length it was trained,
   * so its name does.
   *
   * @param size of the latents, as the U-Net's config says it
   */
  static ModelIndex.Defaults defaults(Path model, JsonNode size, Scheduling scheduling) {
    String sampler = scheduling instanceof DiffusersScheduler own ? own.sampler() : "ddim";
    String name = name(model);
    if (name.contains("zeroscope")) {
      boolean large = name.contains("xl");
      return new ModelIndex.Defaults(
          large ? 1024 : 576, large ? 576 : 320, ZEROSCOPE_CLIP, 30, STEPS, GUIDANCE, sampler);
    }
    int height = (size.isArray() ? size.path(0) : size).asInt(SIDE) * 8;
    int width = (size.isArray() ? size.path(1) : size).asInt(SIDE) * 8;
    return new ModelIndex.Defaults(width, height, CLIP, 8, STEPS, GUIDANCE, sampler);
  }

  /** What people call it; in the cache of a hub that stands above the folder. */
  private static String name(Path model) {
    Path all = model.toAbsolutePath().normalize();
    int last = all.getNameCount() - 1;
    boolean cached = last > 1 && all.getName(last - 1).endsWith("snapshots");
    Path named = all.getName(cached ? last - 2 : last);
    return named.toString().toLowerCase(Locale.ROOT);
  }
}
