package io.zoetrope.train.method;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.eval.features.ClassifierFeatures;
import io.zoetrope.network.ClassInput;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.text.TextConfig;
import io.zoetrope.network.text.TextTransformer;
import io.zoetrope.network.text.WordPrompts;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.nn.NamePattern;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.family.Networks;
import io.zoetrope.pipeline.model.ModelWriter;
import io.zoetrope.pipeline.schedule.Scheduling;
import io.zoetrope.record.Default;
import io.zoetrope.record.Inline;
import io.zoetrope.torch.Precision;
import io.zoetrope.train.Objective;
import io.zoetrope.train.RunFolder;
import io.zoetrope.train.footage.Captions;
import io.zoetrope.train.footage.Footage;
import io.zoetrope.train.footage.LatentClips;
import io.zoetrope.train.footage.Showing;
import io.zoetrope.train.latents.TrainedAutoencoder;
import io.zoetrope.train.objective.Bucketed;
import io.zoetrope.train.objective.DiffusionObjective;
import io.zoetrope.train.recipe.DataBlock;
import io.zoetrope.train.recipe.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains a diffusion network over latents or pixels and its text encoder, and writes a model
 * directory.
 *
 * @param network its name: the size of a transformer, or {@code unet-} and the size of a U-Net
 * @param inflation recipe by which a U-Net becomes one for video
 * @param temporal whether it has layers over time; false for still images
 * @param autoencoder the model whose latents it learns; {@code none} for pixels
 * @param init weights to start from; layers that they lack start anew (temporal ones at zero), and
 *     channels that they lack in the first one count for nothing at the start
 * @param freeze parameters that are not trained: names, with * for any part
 * @param prediction what the network predicts
 * @param shift of the flow schedule towards noise, for training and sampling; above 1 for videos,
 *     whose frames tell much about each other
 * @param schedule of the noise; without any that of the prediction: flow, else cosine
 * @param noise which it meets
 * @param clips which it learns from
 * @param beside what the network is shown beside its noisy video: for stages of cascades
 * @param crop it learns from patches of so many latents on a side; 0 for whole videos, as networks
 *     with attention want them
 * @param buckets shapes of clips that it learns; without any, that of the data
 * @param sizes whether the network is told how large and long its clips are
 * @param words whether it reads captions; without them it is for stages of cascades, to which what
 *     the stage before made says enough
 * @param embedding what it is told in place of words
 * @param micro numbers of its clips that it is told beside the level
 * @param checkpointing whether activations are recomputed in the backward pass: less memory, one
 *     more forward pass
 */
public record DiffusionMethod(
    String network,
    Optional<String> inflation,
    @Default("true") boolean temporal,
    Path autoencoder,
    Optional<Path> init,
    @Default("[]") List<String> freeze,
    @Default("flow") Prediction prediction,
    @Default("1.0") double shift,
    Optional<ScheduleBlock> schedule,
    @Inline NoiseBlock noise,
    @Inline ClipsBlock clips,
    Optional<BesideBlock> beside,
    @Default("0") int crop,
    @Default("[]") List<BucketBlock> buckets,
    @Default("false") boolean sizes,
    @Default("true") boolean words,
    Optional<EmbeddingBlock> embedding,
    Optional<MicroBlock> micro,
    @Default("false") boolean checkpointing)
    implements Method {
  private static final String TEXT = "text_encoder";

  private static final int TEXT_DEPTH = 2;

  public DiffusionMethod {
    freeze = List.copyOf(freeze);
    if (crop < 0 || crop > 4096) {
      throw new UserError(Fault.INVALID, "crop must be 0 to 4096, is " + crop);
    }
    buckets = List.copyOf(buckets);
    if (!buckets.isEmpty() && (beside.isPresent() || crop > 0)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "stages of cascades learn clips of one shape",
          "leave buckets out, or beside and crop");
    }
    if (micro.isPresent() && (!buckets.isEmpty() || !temporal)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "numbers of clips are told to networks that learn clips of one shape, over time",
          "leave micro out");
    }
    if (!words && embedding.isPresent()) {
      throw new UserError(
          Fault.INVALID, "what is told embeddings reads no words anyway", "leave words out");
    }
    if (!(shift > 0 && shift <= 100)) {
      throw new UserError("shift must be above 0 and at most 100, is " + shift);
    }
    if (schedule.isPresent() && shift != 1) {
      throw new UserError(Fault.INVALID, "shift belongs into the schedule, if that is named");
    }
    if (!Prediction.of(prediction.name()).equals(prediction)) {
      throw new UserError(
          Fault.INVALID,
          "prediction can only be written into a model by its name",
          "say prediction: " + prediction.name());
    }
  }

  /** Whether a parameter is to be trained. */
  boolean trains(String parameter) {
    return freeze.stream().noneMatch(pattern -> NamePattern.matches(pattern, parameter));
  }

  @Override
  public Prepared prepare(Setting setting) {
    Recipe<?> recipe = setting.recipe();
    embedding.ifPresent(block -> block.check(buckets.isEmpty()));
    Optional<ClassifierFeatures> eye = embedding.map(e -> ClassifierFeatures.load(e.classifier()));
    eye.ifPresent(e -> setting.own(e::close));
    NetworkConfig still = Networks.of(network, inflation).withTemporal(temporal);
    NetworkConfig plain =
        eye.map(e -> embedding.orElseThrow().told(still, e.classifier().config().features()))
            .orElseGet(() -> words ? still : wordless(still));
    Optional<Beside> seen = beside.map(BesideBlock::kind);
    NetworkConfig shaped = seen.map(kind -> kind.seenBy(plain)).orElse(plain);
    NetworkConfig sized = sizes ? shaped.telling(shaped.told().ofSizes()) : shaped;
    TrainedAutoencoder between =
        autoencoder.equals(Path.of("none"))
            ? TrainedAutoencoder.pixels()
            : TrainedAutoencoder.load(autoencoder);
    setting.own(between::close);
    List<Bucket> learned =
        Bucket.open(setting, buckets, clips, between.autoencoder(), between.store());
    LatentClips shown = learned.getFirst().latents();
    ClipDataset data = learned.getFirst().data();
    Optional<MicroClips> numbers =
        micro.map(block -> MicroClips.measured(block, setting, shown.size(), clips.maxStride()));
    NetworkConfig config =
        numbers.map(n -> sized.telling(sized.told().and(n.input()))).orElse(sized);
    List<String> told =
        learned.stream().flatMap(bucket -> bucket.latents().captions().stream()).toList();
    Vocabulary vocabulary = Vocabulary.open(recipe.data(), init, told, setting.folder());
    setting.own(vocabulary);
    StartingWeights start =
        init.map(path -> weightsOf(path, config.folder()).grown(config))
            .orElseGet(StartingWeights::none);
    setting.own(start);
    Optional<FrameFeatures> pictures =
        eye.map(e -> FrameFeatures.of(data, shown.size(), e, setting.listener()));
    pictures.ifPresent(setting::own);
    clips.shortened(shown.frames()).ifPresent(setting.listener()::note);
    requireFit(plain, between.autoencoder());
    requirePatches(shown);

    ParameterStore store =
        setting.store(start.tensors(), Precision.of(recipe.precision(), config.features()));
    VideoNetwork denoiser = config.build(store.root().at(config.folder()));
    if (init.isPresent() && store.missing().size() == store.parameters().size()) {
      throw new UserError(
          Fault.MISMATCH,
          "objective.init: nothing in %s fits the network '%s'".formatted(init.get(), network));
    }
    Optional<TextConfig> text =
        config.textWidth() == 0
            ? Optional.empty()
            : Optional.of(
                new TextConfig(
                    vocabulary.size(),
                    Vocabulary.PROMPT_LENGTH,
                    config.textWidth(),
                    TEXT_DEPTH,
                    config.attentionHeads()));
    PromptEncoder prompts =
        text.<PromptEncoder>map(w ->
                new WordPrompts(
                    new TextTransformer(w, store.root().at(TEXT)), vocabulary.tokenizer()))
            .orElseGet(EmbeddingBlock.Silent::new);
    CaptionReading.warn(prompts, told, setting.listener());
    String prefix = config.folder() + ".";
    store.trainable(name ->
        trains(name)
            && (!name.startsWith(prefix) || learns(config, name.substring(prefix.length()))));

    Scheduling scheduler = schedule.orElseGet(this::usual).scheduling(prediction);
    noise.beyond(scheduler.toSchedule()).ifPresent(setting.listener()::note);
    List<Showing> showings = new ArrayList<>();
    beside.ifPresent(block ->
        showings.add(
            new BesideClips(block, shown, data, between.autoencoder(), scheduler.toSchedule())));
    pictures.ifPresent(
        frames -> showings.add(new EmbeddingBlock.Shown(frames, clips.captionDropout())));
    numbers.ifPresent(showings::add);
    Footage footage = new Footage(shown, Captions.PLAIN, showings, Optional.empty(), "");
    SampleSheet sheet =
        new SampleSheet(
            X0Denoiser.of(denoiser, scheduler.toSchedule(), prediction),
            prompts,
            between.autoencoder(),
            footage,
            config.temporal() ? shown.frames() : 1,
            SampleSheet.Manner.USUAL,
            setting.listener());
    List<Bucketed.Bucket> each =
        learned.stream()
            .map(bucket ->
                new Bucketed.Bucket(
                    bucket.name(),
                    bucket.share(),
                    new DiffusionObjective(
                        denoiser,
                        prompts,
                        buckets.isEmpty() ? footage : Footage.of(bucket.latents()),
                        noise.denoising(scheduler.toSchedule(), prediction, 0),
                        new DiffusionObjective.Cut(
                            bucket.batch(),
                            bucket.cut(),
                            clips.maxStride(),
                            clips.captionDropout(),
                            checkpointing,
                            clips.images(),
                            crop),
                        sheet::write)))
            .toList();
    Objective objective = each.size() == 1 ? each.getFirst().objective() : new Bucketed(each);
    ModelWriter writer =
        new ModelWriter(
            index(recipe.data(), scheduler, config.temporal(), seen, guidance()),
            scheduler,
            config,
            text,
            between.config());
    Path product = setting.folder().root().resolve("model");
    return Prepared.of(
        setting,
        store.parameters(),
        objective,
        new Product(
            product,
            averages -> {
              Map<String, Tensor> ema = averages.tensors();
              writer.write(
                  product,
                  Component.below(prefix, ema),
                  Component.below(TEXT + ".", ema),
                  between.store().parameters(),
                  vocabulary.json());
              embedding.ifPresent(e -> e.write(product, pictures.orElseThrow()));
            }));
  }

  private ScheduleBlock usual() {
    return new ScheduleBlock(
        prediction.equals(Prediction.FLOW) ? "flow" : "cosine", shift, List.of());
  }

  private void requireFit(NetworkConfig config, Autoencoder between) {
    if (config.takes() != between.grid().channels()) {
      boolean pixels = !between.encodes();
      throw new UserError(
          Fault.MISMATCH,
          "network '%s' takes latents of %s channels, %s %s"
              .formatted(
                  network,
                  config.takes(),
                  pixels ? "pixels have" : "the autoencoder makes",
                  between.grid().channels()),
          pixels ? "name an autoencoder" : "");
    }
  }

  private void requirePatches(LatentClips clips) {
    if (crop > Math.min(clips.height(), clips.width())) {
      throw new UserError(
          Fault.MISMATCH,
          "crop is %s, and clips are %sx%s there".formatted(crop, clips.width(), clips.height()),
          "make it smaller, or leave it out");
    }
  }

  /** What an inflation trains, and where channels beside the noisy ones come in. */
  private boolean learns(NetworkConfig config, String parameter) {
    boolean enters =
        config.entrance().filter(entrance -> parameter.equals(entrance.weight())).isPresent();
    return config.trains(parameter) || (enters && beside.isPresent());
  }

  private NetworkConfig wordless(NetworkConfig still) {
    return still
        .toldAlone(ClassInput.NONE)
        .orElseThrow(() ->
            new UserError(
                Fault.UNSUPPORTED,
                "only U-Nets are made without text, not '%s'".formatted(network),
                "say network: unet-toybox"));
  }

  /** There is nothing to be led away from where nothing is told. */
  private double guidance() {
    return words ? 3.0 : 1.0;
  }

  private static ModelIndex index(
      DataBlock data,
      Scheduling scheduler,
      boolean video,
      Optional<Beside> beside,
      double guidance) {
    String said = scheduler.describe();
    // The straight path is the flow schedule's own, and sigmas are Euler's; others go by DDIM.
    String sampler =
        said.startsWith("flow") ? "flow-euler" : said.startsWith("edm ") ? "euler-karras" : "ddim";
    return new ModelIndex(
        ModelIndex.KIND,
        new ModelIndex.Defaults(
            data.width(),
            data.height(),
            video ? data.frames() : 1,
            data.fps(),
            24,
            guidance,
            sampler),
        beside.map(Beside::text));
  }

  /** The averaged weights of a run's newest checkpoint, those of a model directory, or a file. */
  private static StartingWeights weightsOf(Path path, String folder) {
    if (Files.isRegularFile(path)) {
      return StartingWeights.of(path);
    }
    Component network = Component.diffusion(path.resolve(folder));
    if (Files.isRegularFile(network.weights())) {
      return StartingWeights.of(
          List.of(
              new StartingWeights.Named(folder + ".", network.weights()),
              new StartingWeights.Named(
                  TEXT + ".", Component.encoder(path.resolve(TEXT)).weights())));
    }
    return RunFolder.checkpoints(path).stream()
        .reduce((older, newer) -> newer)
        .map(checkpoint -> StartingWeights.ofRun(path, checkpoint))
        .orElseThrow(() ->
            new UserError(Fault.NOT_FOUND, "no checkpoint or model in " + path + " to start from"));
  }
}
