package io.zoetrope.pipeline.family;

import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.pipeline.schedule.Scheduling;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Stable Diffusion 1.x that learned one clip, whole, in a directory as the public code of
 * Tune-A-Video saves it (Wu et al., 2023). A model that was tuned here is a file beside its base.
 */
final class TuneAVideo implements ModelFamily {
  static final String KIND = "TuneAVideoPipeline";

  /** As its page uses such models: frames of the training, steps, and guidance. */
  private static final int CLIP = 24;

  private static final int STEPS = 50;

  private static final double GUIDANCE = 12.5;

  @Override
  public String name() {
    return KIND;
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
    ModelScope.COMPONENTS.require(index, layout);
    ObjectNode config = layout.network(UNetConfig.FOLDER).config(ObjectNode.class);
    Scheduling scheduling = Scheduling.read(layout.scheduler());
    return assembly.blueprint(
        KIND,
        Denoisers.dress(files, choice, DiffusersConfig.tuneAVideo(config), Optional.empty()),
        scheduling,
        defaults(config.path("sample_size"), scheduling),
        new Blueprint.Leftovers(ModelScope.COMPONENTS.unused(index), List.of()));
  }

  private static ModelIndex.Defaults defaults(JsonNode size, Scheduling scheduling) {
    int side = (size.isArray() ? size.path(0) : size).asInt(64) * 8;
    String sampler = scheduling instanceof DiffusersScheduler own ? own.sampler() : "ddim";
    return new ModelIndex.Defaults(side, side, CLIP, 8, STEPS, GUIDANCE, sampler);
  }
}
