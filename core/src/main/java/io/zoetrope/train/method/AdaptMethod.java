package io.zoetrope.train.method;

import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.ShownPicture;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.family.TunedChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.record.Default;
import io.zoetrope.record.Inline;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.FileDigest;
import io.zoetrope.train.Ema;
import io.zoetrope.train.Pass;
import io.zoetrope.train.Player;
import io.zoetrope.train.footage.Captions;
import io.zoetrope.train.footage.Footage;
import io.zoetrope.train.footage.LatentClips;
import io.zoetrope.train.footage.Showing;
import io.zoetrope.train.objective.DiffusionObjective;
import io.zoetrope.train.part.BaseNetwork;
import io.zoetrope.train.part.BasePart;
import io.zoetrope.train.part.JoinedNetwork;
import io.zoetrope.train.part.PartBlock;
import io.zoetrope.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * Trains parts of a model that is there: low-rank factors beside its layers, or some of its
 * weights. The base stays as it was loaded, in the number form that the recipe's precision says;
 * its own text encoder, autoencoder, noise schedule and prediction are used. Each part becomes a
 * file.
 *
 * @param base the model
 * @param parts that learn
 * @param passes whose sum is the loss; without any, one over whole cuts from which all parts learn
 * @param triggers words that call up what was learned, for those who read the files
 * @param schedule of the noise in place of the base's
 * @param prediction in place of the base's
 * @param noise which it meets
 * @param captions how they are told
 * @param mask how much errors count at each place: {@code alpha}, as opaque as the files are;
 *     {@code mask} of the toy world; or a folder with a picture or video of the same name for each
 *     clip, white where they count
 * @param prior clips of a class that is not to be forgotten
 * @param picture how a base is shown the picture that a video is made of: Stable Video Diffusion
 * @param clips which it learns from
 * @param checkpointing whether activations are recomputed in the backward pass: less memory, one
 *     more forward pass
 */
record AdaptMethod(
    BaseBlock base,
    List<PartBlock> parts,
    @Default("[]") List<PassBlock> passes,
    @Default("[]") List<String> triggers,
    Optional<ScheduleBlock> schedule,
    Optional<Prediction> prediction,
    @Inline @Default("{perFrame: 0.0, levels: {kind: uniform}, levelBins: 4}") NoiseBlock noise,
    @Default("{}") Captions captions,
    Optional<String> mask,
    Optional<PriorBlock> prior,
    Optional<PictureBlock> picture,
    @Inline ClipsBlock clips,
    @Default("false") boolean checkpointing)
    implements Method {
  public AdaptMethod {
    parts = List.copyOf(parts);
    passes = List.copyOf(passes);
    triggers = List.copyOf(triggers);
    mask.ifPresent(ClipMasks::requireKnown);
    if (parts.isEmpty()) {
      throw new UserError(Fault.INVALID, "parts must name something that learns");
    }
    if (parts.stream().map(PartBlock::name).distinct().count() < parts.size()) {
      throw new UserError(Fault.INVALID, "parts must have names of their own");
    }
    for (Class<?> once : List.of(PartBlock.Tokens.class, PartBlock.Control.class)) {
      if (parts.stream().filter(once::isInstance).count() > 1) {
        throw new UserError(Fault.INVALID, "parts may have one of tokens and one of control");
      }
    }
    boolean taught = passes.stream().anyMatch(pass -> pass.from() == PassBlock.From.CLASS);
    if (taught && prior.isEmpty()) {
      throw new UserError(Fault.INVALID, "a pass is from class, and there is no prior");
    }
    if (!passes.isEmpty() && prior.isPresent() && !taught) {
      throw new UserError(
          Fault.INVALID, "prior has no effect: no pass is from class", "say from: class in one");
    }
  }

  @Override
  public Prepared prepare(Setting setting) {
    VideoModel model = VideoModel.load(base.choice(setting.recipe().precision()));
    setting.own(model::close);
    return prepare(setting, model);
  }

  /** On a base that is loaded. */
  Prepared prepare(Setting setting, VideoModel model) {
    Recipe<?> recipe = setting.recipe();
    PromptEncoder read =
        model
            .text()
            .or(() -> ShownPicture.kind(model).map(kind -> new EmbeddingBlock.Silent()))
            .orElseThrow(() ->
                new UserError(Fault.MISMATCH, base.model() + " knows no text to be trained with"));
    ClipDataset pictures = setting.data();
    LatentClips shown =
        LatentCache.open(
                setting,
                pictures,
                model.autoencoder(),
                model.weights(Role.AUTOENCODER).orElseGet(ParameterStore::blueprint),
                clips.clips())
            .emphasising(clips.emphasis());
    int cut = clips.cutOf(shown.frames());
    clips.shortened(shown.frames()).ifPresent(setting.listener()::note);
    requireTwo(cut);
    NoiseSchedule trained =
        schedule.map(ScheduleBlock::schedule).orElseGet(() -> model.scheduling().toSchedule());
    noise.beyond(trained).ifPresent(setting.listener()::note);
    Prediction meant = prediction.orElseGet(() -> model.scheduling().toPrediction());
    List<BasePart> learning = new ArrayList<>();
    for (PartBlock block : parts) {
      BasePart part = block.into(model, setting.random());
      setting.own(part::close);
      learning.add(part);
      setting.listener().note(part.line());
    }
    List<String> told = captions.all(shown.captions());
    for (BasePart part : learning) {
      read = part.reading(read);
      part.requireTold(told);
    }
    PromptEncoder text = read;
    CaptionReading.warn(text, told, setting.listener());
    requireTriggers(told, setting);
    VideoNetwork network = new JoinedNetwork(model.network(), learning);
    Optional<MicroClips> numbers = MicroClips.told(model, setting, shown.size(), clips.maxStride());
    Footage footage =
        new Footage(
            shown,
            captions,
            Stream.concat(showings(model, learning, pictures).stream(), numbers.stream()).toList(),
            mask.map(where ->
                ClipMasks.open(where, pictures, model.grid(), shown.size(), setting.listener())),
            "");
    Map<PassBlock.From, Footage> footages = new EnumMap<>(PassBlock.From.class);
    footages.put(PassBlock.From.INSTANCE, footage);
    prior.ifPresent(
        before -> footages.put(PassBlock.From.CLASS, before(before, setting, model, learning)));
    boolean words = parts.stream().anyMatch(part -> part.in() == BaseNetwork.TEXT_ENCODER);
    PromptEncoder prompts = words ? text : new FrozenPrompts(text);
    SampleSheet sheet =
        new SampleSheet(
            X0Denoiser.of(network, trained, meant),
            prompts,
            model.autoencoder(),
            footage,
            model.network().config().temporal() ? shown.frames() : 1,
            SampleSheet.Manner.USUAL,
            setting.listener());
    List<Pass> losses =
        terms().stream()
            .map(pass ->
                pass.of(
                    new DiffusionObjective(
                        network,
                        prompts,
                        Objects.requireNonNull(footages.get(pass.from())),
                        noise.denoising(trained, meant, pass.debias()),
                        new DiffusionObjective.Cut(
                            recipe.batch(),
                            pass.frames() == PassBlock.Frames.ONE
                                ? 1
                                : Math.min(
                                    cut,
                                    Objects.requireNonNull(footages.get(pass.from()))
                                        .clips()
                                        .frames()),
                            clips.maxStride(),
                            clips.captionDropout(),
                            checkpointing,
                            clips.images()),
                        sheet::write)))
            .toList();
    Player player =
        new Player(
            "", List.copyOf(learning), losses, recipe.settings().learning(), Player.Turns.EACH);
    Path folder = setting.folder().root().resolve("trained");
    List<Path> files = learning.stream().flatMap(part -> part.files(folder).stream()).toList();
    return new Prepared(
        List.of(player),
        new Product(
            files.size() == 1 ? files.getFirst() : folder,
            averages ->
                write(learning, folder, averages, origin(setting, model, meant, cut, numbers))));
  }

  /** A word that is told to people and never to the network calls up nothing. */
  private void requireTriggers(List<String> told, Setting setting) {
    triggers.stream()
        .filter(word -> told.stream().noneMatch(text -> text.contains(word)))
        .forEach(
            word -> setting.listener().warning("no caption has '%s' of triggers".formatted(word)));
  }

  /** A term over the differences between frames needs two of them. */
  private void requireTwo(int cut) {
    for (PassBlock pass : passes) {
      if (pass.debias() > 0 && (pass.frames() == PassBlock.Frames.ONE || cut < 2)) {
        throw new UserError(
            Fault.INVALID,
            "pass '%s' is debiased over frames, and sees one only".formatted(pass.name()),
            "say frames: cut, of at least 2 frames");
      }
    }
  }

  /** What a recipe names, or what is meant where it names none. */
  private List<PassBlock> terms() {
    if (!passes.isEmpty()) {
      return passes;
    }
    List<PassBlock> terms = new ArrayList<>();
    terms.add(whole("cut", 1, PassBlock.From.INSTANCE));
    prior.ifPresent(before -> terms.add(whole("class", before.weight(), PassBlock.From.CLASS)));
    return terms;
  }

  private static PassBlock whole(String name, double weight, PassBlock.From from) {
    return new PassBlock(name, PassBlock.Frames.CUT, weight, 1, 0, Map.of(), List.of(), from);
  }

  private List<Showing> showings(VideoModel model, List<BasePart> learning, ClipDataset pictures) {
    return Stream.concat(
            BesideShowing.of(model, pictures, picture).stream(),
            learning.stream().flatMap(part -> part.showing(pictures).stream()))
        .toList();
  }

  /** Clips of the class. */
  private Footage before(
      PriorBlock before, Setting setting, VideoModel model, List<BasePart> learning) {
    LatentCache.Data data = before.open(setting, model);
    LatentClips latents =
        LatentCache.open(
            setting,
            data,
            model.autoencoder(),
            model.weights(Role.AUTOENCODER).orElseGet(ParameterStore::blueprint),
            before.data().isPresent() ? clips.clips() : before.count());
    return new Footage(
        latents,
        before.captions(),
        showings(model, learning, data.clips()),
        Optional.empty(),
        "class");
  }

  static void write(List<BasePart> parts, Path folder, Ema averages, Provenance origin) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", folder, e);
    }
    parts.forEach(part -> part.write(folder, averages.tensors(), origin));
  }

  /** What a file says of where it comes from. */
  private Provenance origin(
      Setting setting, VideoModel model, Prediction meant, int cut, Optional<MicroClips> numbers) {
    Recipe<?> recipe = setting.recipe();
    SequencedMap<String, String> said = new LinkedHashMap<>();
    said.put("method", "adapt");
    said.put("run", recipe.name());
    said.put("recipe", FileDigest.of(setting.folder().root().resolve("recipe.yaml")));
    said.put(Provenance.BASE, String.valueOf(base.model().getFileName()));
    said.put(Provenance.PRINT, model.print());
    said.put("steps", Long.toString(recipe.steps()));
    said.put("prediction", meant.name());
    said.put(
        Provenance.SCHEDULE,
        schedule.map(ScheduleBlock::describe).orElseGet(() -> model.scheduling().describe()));
    base.inflatedBy()
        .ifPresent(name -> {
          said.put(TunedChoice.INFLATION, name);
          String norms = Inflation.of(name).norms().name().toLowerCase(Locale.ROOT);
          said.put("resnet_norms", norms);
        });
    model.network().config().motionNorms().ifPresent(reach -> said.put(Provenance.NORMS, reach));
    model.beside().ifPresent(beside -> said.put(TunedChoice.BESIDE, beside.text()));
    numbers.ifPresent(told -> said.put("told", told.line()));
    said.put("frames", Integer.toString(cut));
    said.put("stride", Integer.toString(clips.maxStride()));
    if (!triggers.isEmpty()) {
      said.put("trigger_words", String.join(", ", triggers));
    }
    return new Provenance(said);
  }
}
