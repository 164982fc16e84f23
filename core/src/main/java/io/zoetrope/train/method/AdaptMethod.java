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
import io.zoetrope.train.part.BaseNetwork;
import io.zoetrope.train.part.BasePart;
import io.zoetrope.train.part.JoinedNetwork;
import io.zoetrope.train.part.PartBlock;
import io.zoetrope.train.recipe.DataBlock;
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
 * @param buckets shapes of clips that it learns; without any, that of the data
 * @param aspects in place of these: as many shapes as there are aspects of the same size
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
    @Default("[]") List<BucketBlock> buckets,
    Optional<AspectBlock> aspects,
    @Default("false") boolean checkpointing)
    implements Method {
  public AdaptMethod {
    parts = List.copyOf(parts);
    passes = List.copyOf(passes);
    triggers = List.copyOf(triggers);
    buckets = List.copyOf(buckets);
    mask.ifPresent(ClipMasks::requireKnown);
    if (aspects.isPresent() && !buckets.isEmpty()) {
      throw new UserError(
          Fault.INVALID, "aspects have no effect beside buckets", "say one of the two");
    }
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
    List<Bucket> learned = learned(setting, model);
    LatentClips shown = learned.getFirst().latents();
    int cut = learned.stream().mapToInt(Bucket::cut).max().orElseThrow();
    learned.stream()
        .flatMap(bucket -> clips.shortened(bucket.latents().frames()).stream())
        .distinct()
        .forEach(setting.listener()::note);
    requireTwo(learned.stream().mapToInt(Bucket::cut).min().orElseThrow());
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
    List<String> written =
        learned.stream().flatMap(bucket -> bucket.latents().captions().stream()).toList();
    captions.requireEffect(written);
    List<String> told = captions.all(written);
    for (BasePart part : learning) {
      read = part.reading(read);
      part.requireTold(told);
    }
    PromptEncoder text = read;
    CaptionReading.warn(text, told, setting.listener());
    requireTriggers(told, setting);
    VideoNetwork network = new JoinedNetwork(model.network(), learning);
    Optional<MicroClips> numbers = MicroClips.told(model, setting, shown.size(), clips.maxStride());
    requireOneShape(numbers, learned);
    Map<PassBlock.From, List<Shot>> shots = new EnumMap<>(PassBlock.From.class);
    shots.put(
        PassBlock.From.INSTANCE,
        learned.stream()
            .map(bucket -> new Shot(bucket, footage(bucket, setting, model, learning, numbers)))
            .toList());
    prior.ifPresent(before ->
        shots.put(PassBlock.From.CLASS, List.of(before(before, setting, model, learning, cut))));
    boolean words = parts.stream().anyMatch(part -> part.in() == BaseNetwork.TEXT_ENCODER);
    PromptEncoder prompts = words ? text : new FrozenPrompts(text);
    SampleSheet sheet =
        new SampleSheet(
            X0Denoiser.of(network, trained, meant),
            prompts,
            model.autoencoder(),
            Objects.requireNonNull(shots.get(PassBlock.From.INSTANCE)).getFirst().footage(),
            model.network().config().temporal() ? shown.frames() : 1,
            SampleSheet.Manner.USUAL,
            setting.listener());
    AdaptLoss loss =
        new AdaptLoss(
            network,
            prompts,
            debias -> noise.denoising(trained, meant, debias),
            clips,
            checkpointing,
            sheet);
    List<Pass> losses =
        terms().stream()
            .map(pass -> pass.of(loss.of(pass, Objects.requireNonNull(shots.get(pass.from())))))
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

  /** What is learned, by shapes. */
  private List<Bucket> learned(Setting setting, VideoModel model) {
    DataBlock data = setting.recipe().data();
    List<BucketBlock> shapes = aspects.map(a -> a.buckets(data)).orElse(buckets);
    requireMultiples(
        model, shapes.isEmpty() ? List.of(data.width(), data.height()) : sides(shapes));
    if (shapes.isEmpty()) {
      mask.ifPresent(where -> ClipMasks.requireFor(where, setting.data()));
    }
    List<Bucket> all =
        Bucket.open(
            setting,
            shapes,
            clips,
            model.autoencoder(),
            model.weights(Role.AUTOENCODER).orElseGet(ParameterStore::blueprint));
    return aspects.isPresent() ? all.stream().map(Bucket::byClips).toList() : all;
  }

  private static List<Integer> sides(List<BucketBlock> shapes) {
    return shapes.stream().flatMap(shape -> Stream.of(shape.width(), shape.height())).toList();
  }

  private void requireMultiples(VideoModel model, List<Integer> sides) {
    int multiple = model.sizeMultiple();
    for (int side : sides) {
      if (side % multiple != 0) {
        throw new UserError(
            Fault.MISMATCH,
            "%s takes sides that are multiples of %s, not %s"
                .formatted(base.model(), multiple, side));
      }
    }
  }

  /** What is measured of clips is measured of those of one shape. */
  private static void requireOneShape(Optional<MicroClips> numbers, List<Bucket> learned) {
    if (numbers.isPresent() && learned.size() > 1) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "a base that is told numbers of its clips learns clips of one shape",
          "leave buckets out");
    }
  }

  /** Clips of one shape, as they are shown. */
  record Shot(Bucket bucket, Footage footage) {}

  private Footage footage(
      Bucket bucket,
      Setting setting,
      VideoModel model,
      List<BasePart> learning,
      Optional<MicroClips> numbers) {
    int count = bucket.latents().size();
    return new Footage(
        bucket.latents(),
        captions,
        Stream.concat(showings(model, learning, bucket.data()).stream(), numbers.stream()).toList(),
        mask.map(
            where -> ClipMasks.open(where, bucket.data(), model.grid(), count, setting.listener())),
        "");
  }

  /** Clips of the class. */
  private Shot before(
      PriorBlock before, Setting setting, VideoModel model, List<BasePart> learning, int cut) {
    LatentCache.Data data = before.open(setting, model);
    LatentClips latents =
        LatentCache.open(
            setting,
            data,
            model.autoencoder(),
            model.weights(Role.AUTOENCODER).orElseGet(ParameterStore::blueprint),
            before.data().isPresent() ? clips.clips() : before.count());
    Footage footage =
        new Footage(
            latents,
            before.captions(),
            showings(model, learning, data.clips()),
            Optional.empty(),
            "class");
    before.captions().requireEffect(latents.captions());
    int frames = Math.min(cut, latents.frames());
    return new Shot(
        new Bucket("", 1, latents, data.clips(), frames, setting.recipe().batch()), footage);
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
