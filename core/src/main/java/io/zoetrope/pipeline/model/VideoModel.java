package io.zoetrope.pipeline.model;

import io.zoetrope.checkpoint.LoadReport;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.checkpoint.lora.LoraReport;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.unet.ControlNetConfig;
import io.zoetrope.network.unet.TemporalBlock;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.KlConfig;
import io.zoetrope.network.vae.Pixels;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.LoraChoice;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelFiles;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.family.ModelLayout;
import io.zoetrope.pipeline.family.ModelParts;
import io.zoetrope.pipeline.schedule.Sampling;
import io.zoetrope.pipeline.schedule.Scheduling;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.Mend;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A text-to-video model, loaded. Weights are mapped from their files. Any number of runs may share
 * it, one at a time: libtorch gives each thread that enters it a pool of its own.
 */
public final class VideoModel implements AutoCloseable {
  private final ModelIndex index;
  private final VideoNetwork network;
  private final Precision precision;
  private final Scheduling scheduling;
  private final X0Denoiser denoiser;
  private final PromptEncoder text;

  /** Of the text encoder, whose weights wait in their file: it runs once a video. */
  private final ParameterStore textStore;

  private final Autoencoder autoencoder;
  private final int sizeMultiple;
  private final Controls controls;
  private final List<ParameterStore> stores = new ArrayList<>();
  private final List<LoadReport> reports = new ArrayList<>();
  private LoadedLoras loras = new LoadedLoras();

  private VideoModel(ModelFiles files, String dtype) {
    ModelLayout layout = files.layout();
    try {
      ModelParts parts = ModelParts.read(files);
      index = parts.index();
      scheduling = parts.scheduling();
      precision = Precision.of(dtype, parts.network().features());
      WeightSource networkWeights = parts.networkPart().weights(files);
      WeightSource textWeights = parts.textPart().weights(files);
      Optional<WeightSource> vaeWeights =
          parts.vae() instanceof Pixels
              ? Optional.empty()
              : Optional.of(parts.vaePart().weights(files));
      MemoryNeed.requireRoom(
          MemoryNeed.available(),
          networkWeights.count() + vaeWeights.map(WeightSource::count).orElse(0L),
          parts.network(),
          precision);
      VideoNetwork bare =
          build(parts.networkPart(), networkWeights, store(networkWeights, precision));
      textStore = store(textWeights, precision).waiting();
      Supplier<PromptEncoder> prompts = build(parts.textPart(), textWeights, textStore);
      loras = LoadedLoras.merge(files.choice().loras(), stores.getFirst(), stores.getLast());
      controls = Controls.load(files.choice().controls(), bare, precision, stores, reports);
      network = controls.over(bare);
      autoencoder =
          parts.vae() instanceof Pixels pixels
              ? pixels
              : build(
                  parts.vaePart(),
                  vaeWeights.orElseThrow(),
                  store(vaeWeights.orElseThrow(), precision(parts.vae(), dtype)));
      denoiser =
          naming(
              layout.scheduler(),
              () -> X0Denoiser.of(network, scheduling.toSchedule(), scheduling.toPrediction()));
      // Also where any size will do: video files hold even sides only.
      sizeMultiple = Math.max(2, parts.vae().factor() * parts.network().multiple());
      text = prompts.get();
    } catch (RuntimeException e) {
      free();
      throw e;
    }
  }

  /**
   * Loads a model.
   *
   * @param model a model directory, or a checkpoint of Stable Diffusion 1.x in one safetensors file
   * @param dtype auto, f32 or bf16: see {@link Precision#of(String, int)}
   * @throws UserError if anything is missing, damaged or does not fit together
   */
  public static VideoModel load(Path model, String dtype) {
    return load(model, dtype, List.of());
  }

  /**
   * Loads a model, with LoRAs merged into its network and text encoder.
   *
   * @param loras in any dialect that {@link io.zoetrope.checkpoint.lora.LoraFile} reads; they add
   *     up
   * @throws UserError also if a LoRA is damaged, or nothing in it belongs to the model
   */
  public static VideoModel load(Path model, String dtype, List<LoraChoice> loras) {
    return load(model, dtype, loras, Optional.empty());
  }

  /**
   * As {@link #load(Path, String, List)}.
   *
   * @param tokenizer a folder with the tokenizer to use in place of the model's
   */
  public static VideoModel load(
      Path model, String dtype, List<LoraChoice> loras, Optional<Path> tokenizer) {
    return load(ModelChoice.of(model).withTokenizer(tokenizer).withLoras(loras), dtype);
  }

  /** Loads a model with all that is to be put into it. */
  public static VideoModel load(ModelChoice choice, String dtype) {
    try (ModelFiles files = ModelFiles.open(choice)) {
      return load(files, dtype);
    }
  }

  /**
   * Loads a model from opened files. Weights that are used as they lie in the files stay mapped
   * when these are closed.
   */
  public static VideoModel load(ModelFiles files, String dtype) {
    return new VideoModel(files, dtype);
  }

  private ParameterStore store(WeightSource weights, Precision precision) {
    stores.add(ParameterStore.forInference(weights.tensors(), precision));
    return stores.getLast();
  }

  private <T> T build(ModelParts.Part<T> part, WeightSource weights, ParameterStore store) {
    T made = naming(weights.source(), () -> part.make().apply(store.root()));
    reports.add(weights.report(store).requireWhole());
    return made;
  }

  /**
   * Convolutions over few channels are faster in f32 even where bf16 is native (docs/numerics.md).
   */
  private static Precision precision(AutoencoderConfig config, String dtype) {
    return config instanceof KlConfig kl
        ? Precision.of(dtype, Collections.max(kl.widths()))
        : Precision.F32;
  }

  /** Puts the file's name in front of what is said about its content. */
  private static <T> T naming(Object file, Supplier<T> body) {
    try {
      return body.get();
    } catch (UserError e) {
      throw e.at(file);
    }
  }

  /**
   * What a request will need of memory.
   *
   * @param clips at once
   */
  public MemoryNeed need(VideoRequest request, int clips) {
    long parameters =
        stores.stream().filter(s -> s != textStore).mapToLong(ParameterStore::count).sum();
    return MemoryNeed.of(
        parameters, network.config(), precision, autoencoder.factor(), request, clips);
  }

  /** The number format of its network. */
  public Precision precision() {
    return precision;
  }

  /** What the model is used with where a request says nothing. */
  public ModelIndex.Defaults defaults() {
    return index.defaults();
  }

  /** What was used of each LoRA, in the order they were given. */
  public List<LoraReport> loras() {
    return loras.reports();
  }

  /** What became of every key of its files, component by component. */
  public List<LoadReport> reports() {
    return List.copyOf(reports);
  }

  /** Whether it looks across frames; one that does not makes single pictures. */
  public boolean makesVideo() {
    return network.config().temporal();
  }

  /** Whether motion modules of AnimateDiff are what looks across frames. */
  public boolean hasMotionModules() {
    return network.config() instanceof UNetConfig unet
        && unet.inflation().temporal() instanceof TemporalBlock.MotionModule;
  }

  /**
   * Requires that it can make so many frames.
   *
   * @throws UserError if it makes single pictures, and more are asked for
   */
  public void requireFrames(int frames) {
    if (frames > 1) {
      requireVideo();
    }
  }

  /**
   * Requires that it makes videos.
   *
   * @throws UserError if it makes single pictures
   */
  public void requireVideo() {
    if (!makesVideo()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "this model makes single pictures",
          Mend.of("give it motion by ")
              .and(Mend.Knob.MOTION_ADAPTER)
              .and(", or ")
              .and(Mend.Deed.ONE_FRAME));
    }
  }

  /** What the controls beside its network are to be shown, in the order they were given. */
  public List<ControlNetConfig> controls() {
    return controls.configs();
  }

  /** The network itself, under its controls. */
  public VideoNetwork network() {
    return network;
  }

  /** The network with the noise schedule of its training. */
  public X0Denoiser denoiser() {
    return denoiser;
  }

  /** The network under the schedule of a {@link Sampling} of this model. */
  public X0Denoiser denoiser(NoiseSchedule schedule) {
    return X0Denoiser.of(network, schedule, scheduling.toPrediction());
  }

  /** The noise of the training, and how it is walked down. */
  public Scheduling scheduling() {
    return scheduling;
  }

  public Autoencoder autoencoder() {
    return autoencoder;
  }

  /** Width and height must be multiples of it. */
  public int sizeMultiple() {
    return sizeMultiple;
  }

  /** Words of a prompt that the model has never seen. */
  public List<String> unknownWords(String prompt) {
    return text.unknownWords(prompt);
  }

  /** The end of a prompt, where it is too long to be read whole. */
  public Optional<String> unread(String prompt) {
    return text.unread(prompt);
  }

  /** What prompts become for the network, one row for each. */
  public Conditioning condition(List<String> prompts) {
    return conditions(List.of(prompts)).getFirst();
  }

  /** As {@link #condition} for several groups of prompts that are used together. */
  public List<Conditioning> conditions(List<List<String>> groups) {
    List<Conditioning> all = text.conditions(groups);
    textStore.release();
    return all;
  }

  @Override
  public void close() {
    free();
    text.close();
  }

  private void free() {
    loras.free();
    stores.forEach(ParameterStore::close);
  }
}
