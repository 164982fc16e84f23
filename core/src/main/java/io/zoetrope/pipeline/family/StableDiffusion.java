package io.zoetrope.pipeline.family;

import io.zoetrope.diffusion.discrete.TimestepSpacing;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.pipeline.schedule.Scheduling;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/**
 * Stable Diffusion 1.x in a directory of diffusers: makes pictures; with motion modules that are
 * put into it, videos.
 */
final class StableDiffusion implements ModelFamily {
  static final String KIND = "StableDiffusionPipeline";

  /** What such a directory has. */
  static final Components COMPONENTS =
      new Components(
          Map.of(
              "unet", List.of("UNet2DConditionModel", "UNetMotionModel"),
              "vae", List.of("AutoencoderKL", "AutoencoderTiny"),
              "text_encoder", List.of("CLIPTextModel"),
              "tokenizer", List.of("CLIPTokenizer", "CLIPTokenizerFast"),
              "scheduler", List.of()),
          Map.of(ModelLayout.ADAPTER, List.of("MotionAdapter")),
          List.of("safety_checker", "feature_extractor", "image_encoder"));

  @Override
  public String name() {
    return KIND;
  }

  /** Pictures from words, from pictures and in masks are made by the same parts. */
  @Override
  public boolean runs(String kind) {
    return kind.equals(KIND)
        || kind.equals("StableDiffusionImg2ImgPipeline")
        || kind.equals("StableDiffusionInpaintPipeline")
        || kind.equals("LatentConsistencyModelPipeline")
        || kind.equals("LatentConsistencyModelImg2ImgPipeline");
  }

  @Override
  public boolean recognises(ModelFiles files) {
    return runs(files.kind());
  }

  @Override
  public Blueprint read(ModelFiles files, ModelChoice choice) {
    Assembly assembly = Assembly.ofDirectory(files, choice);
    DiffusersIndex index = DiffusersIndex.of(files.index());
    COMPONENTS.require(index, assembly.layout());
    return read(
        assembly,
        Networks.read(assembly.layout()),
        new Blueprint.Leftovers(COMPONENTS.unused(index), List.of()));
  }

  /** Networks made for painting into masks are shown the mask and the picture, too. */
  static Denoisers.Dressed shown(ModelFiles files, Denoisers.Dressed denoiser) {
    NetworkConfig network = denoiser.config();
    int more = network.takes() - network.gives();
    if (more == 0 || denoiser.beside().isPresent()) {
      return denoiser;
    }
    Beside mask = new Beside.Mask();
    if (more != mask.channels(network.gives())) {
      throw new UserError(
          Fault.UNSUPPORTED,
          ("%s: its U-Net is shown %s channels beside the noise; this version knows those that"
                  + " are shown none, and %s of a mask and a picture")
              .formatted(files.model(), more, mask.channels(network.gives())));
    }
    return denoiser.shown(mask);
  }

  /** The blueprint of configs and weights, wherever they lie. */
  static Blueprint read(Assembly assembly, NetworkConfig network, Blueprint.Leftovers leftovers) {
    ModelLayout layout = assembly.layout();
    ModelChoice choice = assembly.choice();
    Scheduling own = scheduling(layout);
    // An image model's scheduler knows nothing of motion.
    Optional<DiffusersScheduler> moved =
        choice.motion().isPresent() && own instanceof DiffusersScheduler image
            ? Optional.of(image.underMotion())
            : Optional.empty();
    OptionalInt few = choice.motion().map(MotionAdapter::lightning).orElseGet(OptionalInt::empty);
    if (few.isPresent()) {
      moved = moved.map(scheduler -> scheduler.spaced(TimestepSpacing.TRAILING));
    }
    ModelIndex.Defaults still = defaults(layout, own);
    ModelIndex.Defaults usual =
        moved.map(s -> still.of(MotionAdapter.CLIP).sampledBy(s.sampler())).orElse(still);
    return assembly.blueprint(
        KIND,
        shown(
            assembly.files(), Denoisers.dress(assembly.files(), choice, network, Optional.empty())),
        moved.<Scheduling>map(s -> s).orElse(own),
        few.isPresent() ? usual.distilled(few.getAsInt()) : usual,
        leftovers);
  }

  /** As the reference's pipeline of this class takes it. */
  private static Scheduling scheduling(ModelLayout layout) {
    Scheduling own = Scheduling.read(layout.scheduler());
    return own instanceof DiffusersScheduler file ? file.underStableDiffusion() : own;
  }

  /** As such models are used: an image of the size of the training. */
  static ModelIndex.Defaults defaults(ModelLayout layout, Scheduling scheduling) {
    JsonNode size = layout.network("unet").config(JsonNode.class).path("sample_size");
    int side = (size.isArray() ? size.path(0) : size).asInt(64) * 8;
    String sampler = scheduling instanceof DiffusersScheduler own ? own.sampler() : "ddim";
    return new ModelIndex.Defaults(side, side, 1, 8, 25, 7.5, "ddim").by(sampler);
  }
}
