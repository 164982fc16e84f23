package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vision.ClipVisionConfig;
import io.zoetrope.network.vision.ClipVisionModel;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.pipeline.schedule.Scheduling;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/**
 * Stable Video Diffusion in a directory of diffusers: videos of a picture, which lies beside every
 * frame and is looked at, and of numbers of the clip.
 */
final class StableVideo implements ModelFamily {
  static final String KIND = "StableVideoDiffusionPipeline";

  /** What reads the picture. */
  static final String EYE = "image_encoder";

  private static final Components COMPONENTS =
      new Components(
          Map.of(
              "unet",
              List.of("UNetSpatioTemporalConditionModel"),
              "vae",
              List.of("AutoencoderKLTemporalDecoder", "AutoencoderKL"),
              EYE,
              List.of("CLIPVisionModelWithProjection"),
              "scheduler",
              List.of()),
          Map.of(),
          List.of("feature_extractor"));

  /** Frames of the first model; its second, XT, makes 25. */
  private static final int FRAMES = 14;

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
    DiffusersIndex index = DiffusersIndex.of(files.index());
    COMPONENTS.require(index, assembly.layout());
    Component eye = Component.encoder(assembly.layout().directory().resolve(EYE));
    return read(
        assembly,
        (UNetConfig) Networks.read(assembly.layout()),
        new Eye(
            assembly.places().of(eye, ClipVisionModel::name), eye.config(ClipVisionConfig.class)),
        OptionalInt.empty(),
        new Blueprint.Leftovers(COMPONENTS.unused(index), List.of()));
  }

  /**
   * The blueprint of configs and weights, wherever they lie.
   *
   * @param frames of a clip, where the configs do not say it
   * @throws UserError if they do not fit together
   */
  static Blueprint read(
      Assembly assembly,
      UNetConfig network,
      Eye eye,
      OptionalInt frames,
      Blueprint.Leftovers leftovers) {
    ModelFiles files = assembly.files();
    Scheduling scheduling = Scheduling.read(assembly.layout().scheduler());
    Assembly.Others others = assembly.others(network);
    double scale = others.vae().latentScaling().map(Autoencoder.Scaling::factor).orElse(1.0);
    Denoisers.Dressed denoiser =
        Denoisers.dress(files, assembly.choice(), network, Optional.empty());
    Beside picture = new Beside.Picture(scale);
    int more = network.takes() - network.gives();
    if (more != picture.channels(network.gives())) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s: its U-Net is shown %s channels beside %s; this version knows those of a picture"
              .formatted(files.model(), more, network.gives()));
    }
    if (eye.config().projection() != network.contextWidth()) {
      throw new UserError(
          Fault.MISMATCH,
          "%s: its U-Net looks at pictures of %s features, its %s makes %s"
              .formatted(files.model(), network.contextWidth(), EYE, eye.config().projection()));
    }
    return assembly
        .blueprint(
            KIND,
            denoiser.shown(picture),
            scheduling,
            defaults(assembly, frames, scheduling),
            leftovers,
            others)
        .with(assembly.vectorPart(EYE, eye.place(), eye.config()));
  }

  private static ModelIndex.Defaults defaults(
      Assembly assembly, OptionalInt said, Scheduling scheduling) {
    JsonNode unet = assembly.layout().network(UNetConfig.FOLDER).config(JsonNode.class);
    int frames = said.orElse(unet.path("num_frames").asInt(FRAMES));
    String sampler = scheduling instanceof DiffusersScheduler own ? own.sampler() : "euler-karras";
    return new ModelIndex.Defaults(1024, 576, frames, 7, 25, 3, sampler).rising(1);
  }
}
