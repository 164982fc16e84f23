package io.zoetrope.pipeline.family;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ClassInput;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.pipeline.schedule.Scheduling;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Stable Diffusion's x4 upscaler in a directory of diffusers: makes pictures four times as large,
 * frame by frame; it is shown the small one's pixels, noised, and told how much as a label.
 */
final class StableUpscale implements ModelFamily {
  static final String KIND = "StableDiffusionUpscalePipeline";

  /** Where its autoencoder scales its latents by: the reference's pipeline takes no other. */
  private static final double SCALE = 0.08333;

  /** As the reference's pipeline is used. */
  private static final int STEPS = 75;

  private static final double GUIDANCE = 9;
  private static final int MOST = 350;

  private static final Components COMPONENTS =
      new Components(
          Map.of(
              "unet",
              List.of("UNet2DConditionModel"),
              "vae",
              List.of("AutoencoderKL"),
              "text_encoder",
              List.of("CLIPTextModel"),
              "tokenizer",
              List.of("CLIPTokenizer", "CLIPTokenizerFast"),
              "scheduler",
              List.of(),
              "low_res_scheduler",
              List.of()),
          Map.of(),
          List.of("safety_checker", "feature_extractor", "watermarker"));

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
    COMPONENTS.require(index, layout);
    double scale = layout.autoencoder().config(JsonNode.class).path("scaling_factor").asDouble(0);
    if (scale != SCALE) {
      throw new UserError(
          Fault.MISMATCH,
          "%s: latents of an upscaler are scaled by %s, its config.json says %s"
              .formatted(layout.autoencoder().folder(), SCALE, scale),
          "say \"scaling_factor\": 0.08333 there");
    }
    NetworkConfig network = Networks.read(layout);
    Scheduling scheduling = Scheduling.read(layout.scheduler());
    Denoisers.Dressed dressed = Denoisers.dress(files, choice, network, Optional.empty());
    Blueprint made =
        assembly.blueprint(
            KIND,
            dressed.shown(pixels(files, layout, network)),
            scheduling,
            defaults(layout, scheduling),
            new Blueprint.Leftovers(COMPONENTS.unused(index), List.of()));
    return frameByFrame(made);
  }

  private static Beside.Pixels pixels(ModelFiles files, ModelLayout layout, NetworkConfig network) {
    ClassInput told = network.told().classes();
    if (told.kind() != ClassInput.Kind.LEVELS) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s: its U-Net is told no label of noise (num_class_embeds)".formatted(files.model()));
    }
    int most = Math.min(files.index().path("max_noise_level").asInt(MOST), told.size() - 1);
    Scheduling low =
        Scheduling.read(layout.directory().resolve("low_res_scheduler/scheduler_config.json"));
    return new Beside.Pixels(4, new NoiseLabels(most, low.toSchedule()));
  }

  private static ModelIndex.Defaults defaults(ModelLayout layout, Scheduling scheduling) {
    int side = layout.network("unet").config(JsonNode.class).path("sample_size").asInt(128) * 4;
    String sampler = scheduling instanceof DiffusersScheduler own ? own.sampler() : "ddim";
    return new ModelIndex.Defaults(side, side, 1, 8, STEPS, GUIDANCE, "ddim").by(sampler);
  }

  /** Frames of a video are pictures to it, each of which it makes larger. */
  private static Blueprint frameByFrame(Blueprint made) {
    Set<Ability> abilities = EnumSet.of(Ability.VIDEO);
    abilities.addAll(made.abilities());
    return new Blueprint(
        made.kind(),
        made.parts(),
        made.joining(),
        made.scheduling(),
        made.defaults(),
        made.grid(),
        made.beside(),
        abilities,
        made.leftovers());
  }
}
