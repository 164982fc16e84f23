package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.network.vision.ClipVisionConfig;
import io.zoetrope.network.vision.ClipVisionModel;
import io.zoetrope.network.vision.PictureReader;
import io.zoetrope.network.wan.WanConfig;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.pipeline.schedule.Scheduling;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * Wan 2.1 and 2.2, SkyReels-V2 and VACE in a directory of diffusers. Where a directory has two
 * transformers, the second makes frames of which {@code boundary_ratio} of the noise or less is
 * left.
 */
final class Wan implements ModelFamily {
  static final String KIND = "WanPipeline";

  private static final String LATE = "transformer_2";

  private static final String EYE = "image_encoder";

  /** Pipelines whose directories have the parts of a model; all make videos of any plan here. */
  private static final List<String> PIPELINES =
      List.of(
          KIND,
          "WanImageToVideoPipeline",
          "WanVideoToVideoPipeline",
          "WanVACEPipeline",
          "SkyReelsV2Pipeline",
          "SkyReelsV2ImageToVideoPipeline",
          "SkyReelsV2DiffusionForcingPipeline",
          "SkyReelsV2DiffusionForcingImageToVideoPipeline",
          "SkyReelsV2DiffusionForcingVideoToVideoPipeline");

  private static final Components COMPONENTS =
      new Components(
          Map.of(
              WanConfig.FOLDER,
              List.of(
                  WanConfig.Kind.WAN.title(),
                  WanConfig.Kind.SKYREELS.title(),
                  WanConfig.Kind.VACE.title()),
              "vae",
              List.of("AutoencoderKLWan"),
              "text_encoder",
              List.of("UMT5EncoderModel"),
              "tokenizer",
              List.of("T5Tokenizer", "T5TokenizerFast"),
              "scheduler",
              List.of()),
          Map.of(
              LATE,
              List.of(WanConfig.Kind.WAN.title()),
              EYE,
              List.of("CLIPVisionModel", "CLIPVisionModelWithProjection")),
          List.of("image_processor"));

  /** Latents of the 5B model of Wan 2.2, which has an autoencoder of its own. */
  private static final int WIDE_LATENT = 48;

  private static final double TRAINED = 1000;

  @Override
  public String name() {
    return KIND;
  }

  @Override
  public boolean runs(String kind) {
    return PIPELINES.contains(kind);
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
    ModelLayout layout = assembly.layout();
    WanConfig network = layout.network(WanConfig.FOLDER).config(WanConfig.class);
    Optional<Double> boundary = boundary(files, index);
    boundary.ifPresent(b -> requireSame(files, layout, network));
    return blueprint(
        files,
        assembly,
        new Parts(
            network,
            Scheduling.read(layout.scheduler()),
            assembly.others(network),
            () -> eye(assembly),
            boundary.map(b ->
                new Late(assembly.places().of(layout.network(LATE), UnaryOperator.identity()), b)),
            new Blueprint.Leftovers(COMPONENTS.unused(index), List.of())));
  }

  private static void requireSame(ModelFiles files, ModelLayout layout, WanConfig network) {
    if (!layout.network(LATE).config(WanConfig.class).equals(network)) {
      throw new UserError(
          Fault.MISMATCH,
          "%s: its %s is of another shape than its %s"
              .formatted(files.model(), LATE, WanConfig.FOLDER));
    }
  }

  /**
   * The second of two experts.
   *
   * @param boundary from which share of the noise down it denoises
   */
  record Late(Place place, double boundary) {}

  /**
   * What a model consists of, wherever it lies.
   *
   * @param eye finds what reads pictures, for networks that look at some
   */
  record Parts(
      WanConfig network,
      Scheduling scheduling,
      Assembly.Others others,
      Supplier<Eye> eye,
      Optional<Late> late,
      Blueprint.Leftovers leftovers) {}

  static Blueprint blueprint(ModelFiles files, Assembly assembly, Parts parts) {
    WanConfig network = parts.network;
    Blueprint alone =
        assembly.blueprint(
            KIND,
            shown(
                files,
                Denoisers.dress(files, assembly.choice(), network, Optional.empty()),
                parts.others.vae().grid()),
            parts.scheduling,
            defaults(network, parts.scheduling, parts.late.isPresent()),
            parts.leftovers,
            parts.others);
    Blueprint one =
        network.pictures().isEmpty()
            ? alone
            : alone.with(eyePart(assembly, network, parts.eye.get()));
    // Levels are told as whole timesteps, so frames at the boundary itself are the first's.
    return parts
        .late
        .map(late ->
            one.with(
                assembly.latePart(LATE, late.place, network, one.grid(), late.boundary * TRAINED)))
        .orElse(one);
  }

  /** What networks of more channels than their latents are shown. */
  private static Denoisers.Dressed shown(
      ModelFiles files, Denoisers.Dressed denoiser, LatentGrid grid) {
    WanConfig network = (WanConfig) denoiser.config();
    int more = network.takes() - network.gives();
    if (more == 0 || denoiser.beside().isPresent()) {
      return denoiser;
    }
    Beside given =
        network.vace().isPresent()
            ? new Beside.GivenPlaces(grid.space())
            : new Beside.GivenFrames(grid.time());
    if (more != given.channels(network.gives())) {
      throw new UserError(
          Fault.UNSUPPORTED,
          ("%s: its transformer is shown %s channels beside %s; this version knows %s of them,"
                  + " for %s")
              .formatted(
                  files.model(),
                  more,
                  network.gives(),
                  given.channels(network.gives()),
                  network.vace().isPresent() ? "VACE" : "frames that are given"));
    }
    return denoiser.shown(given);
  }

  /**
   * What reads the pictures that such a network looks at.
   *
   * @throws UserError if it reads them otherwise
   */
  private static Part<PictureReader> eyePart(Assembly assembly, WanConfig network, Eye eye) {
    int width = network.pictures().orElseThrow().width();
    if (eye.config().width() != width) {
      throw new UserError(
          Fault.MISMATCH,
          "%s: its transformer looks at pictures of %s features, its %s makes %s"
              .formatted(assembly.files().model(), width, EYE, eye.config().width()));
    }
    return assembly.eyePart(EYE, eye.place(), eye.config());
  }

  private static Eye eye(Assembly assembly) {
    Component eye = Component.encoder(assembly.layout().directory().resolve(EYE));
    if (!eye.exists()) {
      throw new UserError(
          Fault.DAMAGED,
          "%s: its transformer looks at pictures, and there is no %s to read them"
              .formatted(assembly.files().model(), EYE));
    }
    return new Eye(
        assembly.places().of(eye, ClipVisionModel::name), eye.config(ClipVisionConfig.class));
  }

  /** From which share of the noise down the second transformer denoises; empty if there is none. */
  private static Optional<Double> boundary(ModelFiles files, DiffusersIndex index) {
    JsonNode said = files.index().path("boundary_ratio");
    boolean two = index.parts().containsKey(LATE);
    if (two != said.isNumber()) {
      throw new UserError(
          Fault.DAMAGED,
          "%s: a model of two transformers says boundary_ratio, and this one has %s and says %s"
              .formatted(files.model(), two ? "two" : "one", said.isMissingNode() ? "none" : said));
    }
    return two ? Optional.of(said.asDouble()) : Optional.empty();
  }

  /** As such models are used: size, length and rate of their training. */
  private static ModelIndex.Defaults defaults(
      WanConfig network, Scheduling scheduling, boolean two) {
    boolean pictures = network.takes() > network.gives() && network.vace().isEmpty();
    String sampler = scheduling instanceof DiffusersScheduler own ? own.sampler() : "unipc";
    if (network.kind() == WanConfig.Kind.SKYREELS) {
      return new ModelIndex.Defaults(960, 544, 97, 24, 30, pictures ? 5 : 6, sampler);
    }
    if (network.gives() == WIDE_LATENT) {
      return new ModelIndex.Defaults(1280, 704, 121, 24, 50, 5, sampler);
    }
    if (two) {
      return new ModelIndex.Defaults(832, 480, 81, 16, 40, pictures ? 3.5 : 4, sampler);
    }
    return new ModelIndex.Defaults(832, 480, 81, 16, pictures ? 40 : 50, 5, sampler);
  }
}
