package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.FrameWindows;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.network.vision.ClipVisionConfig;
import io.zoetrope.network.vision.PictureReader;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Holding;
import io.zoetrope.nn.Parameters;
import io.zoetrope.pipeline.schedule.Scheduling;
import io.zoetrope.torch.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Puts together what families in the layout of diffusers have in common: a denoiser that may have
 * motion modules and controls beside it, one text encoder, an autoencoder.
 *
 * @param layout where configs and tokenizer are
 * @param places where the weights of the layout's components are
 */
record Assembly(ModelFiles files, ModelChoice choice, ModelLayout layout, Places places) {
  /** Finds the weights of a component. */
  @FunctionalInterface
  interface Places {
    Place of(Component component, UnaryOperator<String> keys);
  }

  /** In a directory whose tokenizer may be exchanged. */
  static Assembly ofDirectory(ModelFiles files, ModelChoice choice) {
    ModelLayout own = files.layout();
    return new Assembly(
        files,
        choice,
        choice.tokenizer().map(own::withTokenizer).orElse(own),
        (component, keys) -> files.place(name(component), component, choice.variant(), keys));
  }

  /**
   * The whole.
   *
   * @throws UserError if a config is missing or damaged, or they do not fit together
   */
  Blueprint blueprint(
      String kind,
      Denoisers.Dressed denoiser,
      Scheduling scheduling,
      ModelIndex.Defaults defaults,
      Blueprint.Leftovers leftovers) {
    return blueprint(kind, denoiser, scheduling, defaults, leftovers, others(denoiser.config()));
  }

  /** What the layout has beside the denoiser, or what was chosen in its place. */
  Others others(NetworkConfig network) {
    OtherAutoencoder own = OtherAutoencoder.of(choice.vae(), layout.autoencoder());
    own.requireFit(network);
    choice
        .text()
        .ifPresent(file -> {
          throw new UserError(
              Fault.UNSUPPORTED,
              "%s has a text encoder of its own; one in a file is for models in files of their own"
                  .formatted(files.model()),
              "leave it out");
        });
    Optional<TextPart> text =
        network.textWidth() == 0
            ? Optional.empty()
            : Optional.of(
                TextPart.read(layout, choice.reading(), choice.words(), network.textLength()));
    return new Others(
        own.config(),
        own.place(files, choice.variant())
            .orElseGet(() -> places.of(layout.autoencoder(), own.config().names())),
        text);
  }

  /**
   * What stands beside a denoiser.
   *
   * @param vae shape of the autoencoder
   * @param weights of it
   * @param text what reads prompts; its weights are among the places
   */
  record Others(AutoencoderConfig vae, Place weights, Optional<TextPart> text) {}

  /** As above, of parts that are known. */
  Blueprint blueprint(
      String kind,
      Denoisers.Dressed denoiser,
      Scheduling scheduling,
      ModelIndex.Defaults defaults,
      Blueprint.Leftovers leftovers,
      Others others) {
    NetworkConfig network = denoiser.config();
    AutoencoderConfig vae = others.vae;
    Optional<TextPart> text = others.text;
    Scheduling walked = choice.spacing().map(scheduling::spaced).orElse(scheduling);
    requireFit(files.model(), denoiser, vae.grid(), text);
    requireKnown(walked);
    Precision precision = Precision.of(choice.dtype(), network.features());
    List<Part<?>> parts = new ArrayList<>();
    parts.add(denoiserPart(denoiser, vae.grid(), held(Holding.mapped(precision), Role.DENOISER)));
    text.ifPresent(part -> parts.add(textPart(part, held(Holding.waiting(precision), Role.TEXT))));
    parts.addAll(
        Controls.parts(files, choice, network, held(Holding.mapped(precision), Role.CONTROL)));
    parts.addAll(
        PictureAdapters.parts(
            files,
            choice,
            network,
            held(Holding.mapped(precision), Role.PICTURE_ADAPTER),
            held(Holding.waiting(precision), Role.PICTURES)));
    parts.add(vaePart(vae, others.weights));
    parts.addAll(EmbeddingParts.parts(files, choice, network));
    return new Blueprint(
        kind,
        parts,
        (bare, controls, pictures) -> Controls.join(choice, bare, controls, pictures),
        walked,
        clips(defaults),
        vae.grid(),
        denoiser.beside(),
        abilities(network),
        leftovers);
  }

  /** An image model that was tuned makes clips as long as those that it was tuned on. */
  private ModelIndex.Defaults clips(ModelIndex.Defaults defaults) {
    return choice
        .tuned()
        .filter(tuned -> defaults.frames() == 1)
        .map(tuned -> defaults.of(tuned.frames().orElse(MotionAdapter.CLIP)))
        .orElse(defaults);
  }

  private Holding held(Holding holding, Role<?> role) {
    return holding.on(choice.placement().of(role));
  }

  private Part<VideoNetwork> denoiserPart(
      Denoisers.Dressed denoiser, LatentGrid grid, Holding holding) {
    NetworkConfig config = denoiser.config();
    List<Place> all = new ArrayList<>();
    Place own = places.of(layout.network(config.folder()), UnaryOperator.identity());
    all.add(denoiser.grown() ? GrownInput.of(files, own, config) : own);
    denoiser.adapter().ifPresent(adapter -> all.add(adapter.place()));
    return new Part<>(
        Role.DENOISER,
        config.folder(),
        all,
        holding,
        clip -> footprint(config, grid, clip),
        config::build,
        choice.inflation().<Predicate<String>>map(by -> by::isNew).orElse(name -> false));
  }

  private static Footprint footprint(NetworkConfig config, LatentGrid grid, Part.Clip clip) {
    return config.footprint(
        (long) clip.rows() * grid.latents(clip.frames()),
        Math.ceilDiv(clip.height(), grid.space()),
        Math.ceilDiv(clip.width(), grid.space()));
  }

  /**
   * A second denoiser of the shape of the first.
   *
   * @param name as people know it
   * @param place where it lies
   * @param below see {@link LateDenoiser}
   */
  Part<LateDenoiser> latePart(
      String name, Place place, NetworkConfig config, LatentGrid grid, double below) {
    Precision precision = Precision.of(choice.dtype(), config.features());
    return new Part<>(
        Role.LATE,
        name,
        List.of(place),
        held(Holding.mapped(precision), Role.DENOISER),
        clip -> footprint(config, grid, clip),
        p -> new LateDenoiser(config.build(p), below));
  }

  /** A reader of pictures whose tokens the denoiser takes as they are. */
  Part<PictureReader> eyePart(String name, Place place, ClipVisionConfig config) {
    return eyePart(name, place, config, p -> PictureReader.bare(config, p));
  }

  /** A reader of pictures whose vector of the whole is the token that the denoiser takes. */
  Part<PictureReader> vectorPart(String name, Place place, ClipVisionConfig config) {
    return eyePart(name, place, config, p -> PictureReader.vector(config, p));
  }

  private Part<PictureReader> eyePart(
      String name, Place place, ClipVisionConfig config, Function<Parameters, PictureReader> made) {
    Precision precision = Precision.of(choice.dtype(), config.width());
    return new Part<>(
        Role.PICTURES,
        name,
        List.of(place),
        held(Holding.waiting(precision), Role.PICTURES),
        clip -> new Footprint(1, 0),
        made);
  }

  private Part<Supplier<PromptEncoder>> textPart(TextPart text, Holding holding) {
    return new Part<>(
        Role.TEXT,
        name(layout.text()),
        List.of(places.of(layout.text(), text.names())),
        holding,
        clip -> new Footprint(1, 0),
        text.make());
  }

  private Part<Autoencoder> vaePart(AutoencoderConfig vae, Place weights) {
    return new Part<>(
        Role.AUTOENCODER,
        name(layout.autoencoder()),
        vae.hasWeights() ? List.of(weights) : List.of(),
        held(Holding.mapped(vae.precision(choice.dtype())), Role.AUTOENCODER),
        clip -> vae.footprint(clip.height(), clip.width(), clip.decoded()),
        vae::build);
  }

  /** A component as people know it. */
  static String name(Component component) {
    return String.valueOf(component.folder().getFileName());
  }

  private static Set<Ability> abilities(NetworkConfig network) {
    EnumSet<Ability> abilities = EnumSet.noneOf(Ability.class);
    if (network.temporal()) {
      abilities.add(Ability.VIDEO);
    }
    if (network.reads().contains(FrameWindows.SLOT)) {
      abilities.add(Ability.WINDOWED_ATTENTION);
    }
    return abilities;
  }

  /** Puts the file's name in front of what is wrong with the noise of the training. */
  private void requireKnown(Scheduling scheduling) {
    try {
      Object noise = scheduling.toSchedule();
      Object prediction = scheduling.toPrediction();
    } catch (UserError e) {
      throw e.at(layout.scheduler());
    }
  }

  private static void requireFit(
      Path model, Denoisers.Dressed denoiser, LatentGrid grid, Optional<TextPart> words) {
    NetworkConfig network = denoiser.config();
    int beside = denoiser.beside().map(b -> b.channels(grid.channels())).orElse(0);
    if (network.takes() - beside != grid.channels()) {
      throw new UserError(
          Fault.MISMATCH,
          "%s: its %s takes latents of %s channels, its autoencoder makes %s"
              .formatted(model, network.folder(), network.takes() - beside, grid.channels()));
    }
    int width = words.map(TextPart::width).orElse(0);
    if (network.textWidth() != width) {
      throw new UserError(
          Fault.MISMATCH,
          "%s: its %s takes text of %s features, its text encoder makes %s"
              .formatted(model, network.folder(), network.textWidth(), width));
    }
  }
}
