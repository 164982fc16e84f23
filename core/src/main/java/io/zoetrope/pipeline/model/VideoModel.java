package io.zoetrope.pipeline.model;

import io.zoetrope.checkpoint.LoadReport;
import io.zoetrope.checkpoint.lora.LoraReport;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.network.ControlHint;
import io.zoetrope.network.ControlNetwork;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.network.vision.PictureReader;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.family.Blueprint;
import io.zoetrope.pipeline.family.Families;
import io.zoetrope.pipeline.family.LateDenoiser;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelFiles;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.family.TunedChoice;
import io.zoetrope.pipeline.schedule.Sampling;
import io.zoetrope.pipeline.schedule.Scheduling;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.ComputeDevice;
import io.zoetrope.torch.Natives;
import io.zoetrope.torch.Precision;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;

/**
 * A text-to-video model, loaded. Weights are mapped from their files. Any number of runs may share
 * it, one at a time: libtorch gives each thread that enters it a pool of its own.
 */
public final class VideoModel implements AutoCloseable {
  private final Blueprint blueprint;
  private final LoadedParts parts;
  private final LoadedLoras loras;
  private final TunedWeights tuned;
  private final Origins origins;
  private final VideoNetwork network;
  private final X0Denoiser denoiser;
  private final Autoencoder autoencoder;
  private final Optional<PromptEncoder> text;
  private final Optional<Embeddings> embeddings;

  private VideoModel(
      Blueprint blueprint,
      LoadedParts parts,
      TunedWeights tuned,
      LoadedLoras loras,
      Origins origins) {
    this.blueprint = blueprint;
    this.tuned = tuned;
    this.origins = origins;
    this.parts = parts;
    this.loras = loras;
    network =
        blueprint
            .joining()
            .under(
                parts.part(Role.DENOISER).orElseThrow().made(),
                parts.made(Role.CONTROL),
                parts.part(Role.PICTURE_ADAPTER).map(LoadedPart::made));
    LoadedPart<Autoencoder> between = parts.part(Role.AUTOENCODER).orElseThrow();
    autoencoder = between.made().on(between.part().holding().device());
    denoiser = denoiser(scheduling().toSchedule());
    text = parts.part(Role.TEXT).map(part -> part.made().get());
    embeddings =
        parts
            .part(Role.EMBEDDING)
            .map(told ->
                new Embeddings(
                    told.made(),
                    parts.part(Role.EYE).map(LoadedPart::made),
                    parts
                        .part(Role.PRIOR)
                        .map(prior ->
                            new TextPrior(
                                prior.made(),
                                parts.part(Role.PRIOR_TEXT).orElseThrow().made().get()))));
  }

  /**
   * Loads a model with all that is to be put into it. Weights that are used as they lie in its
   * files stay mapped.
   *
   * @throws UserError if anything is missing, damaged or does not fit together, or a LoRA has
   *     nothing that belongs to the model
   */
  public static VideoModel load(ModelChoice choice) {
    return load(choice, Families.ALL);
  }

  /**
   * As {@link #load(ModelChoice)}, telling how many bytes of weights are loaded.
   *
   * @throws java.util.concurrent.CancellationException when progress says so; nothing is loaded
   *     then
   */
  public static VideoModel load(ModelChoice choice, Progress progress) {
    return load(choice, Families.ALL, progress);
  }

  /** As above, with families of one's own. */
  public static VideoModel load(ModelChoice choice, Families families) {
    return load(choice, families, Progress.NONE);
  }

  private static VideoModel load(ModelChoice choice, Families families, Progress progress) {
    Natives.load();
    try (ModelFiles files = ModelFiles.open(choice.model())) {
      Blueprint blueprint = families.read(files, choice);
      LoadedParts parts = LoadedParts.load(blueprint.parts(), progress);
      LoadedLoras loras = new LoadedLoras();
      TunedWeights tuned = new TunedWeights();
      try {
        Origins origins = Origins.of(choice, blueprint, parts.store(Role.DENOISER).orElseThrow());
        tuned = TunedWeights.put(choice.tuned().map(TunedChoice::file), parts, origins.print());
        loras = LoadedLoras.merge(choice.loras(), parts);
        return new VideoModel(blueprint, parts, tuned, loras, origins);
      } catch (RuntimeException e) {
        loras.free();
        tuned.free();
        parts.close();
        throw e;
      }
    }
  }

  /**
   * What a request will need of memory.
   *
   * @param clips at once
   * @param decoded frames that are decoded at once at most; empty if that is up to memory
   * @param apart whether the branches of guidance are asked one after the other
   */
  public MemoryNeed need(VideoRequest request, int clips, OptionalInt decoded, boolean apart) {
    return MemoryNeed.of(parts.weighed(), request, clips, decoded, apart);
  }

  /** Where its network lies and runs, and so where its latents belong. */
  public ComputeDevice device() {
    return blueprint.denoiser().holding().device();
  }

  /** The number format of its network. */
  public Precision precision() {
    return blueprint.denoiser().holding().precision();
  }

  /** What the model is used with where a request says nothing. */
  public ModelIndex.Defaults defaults() {
    return blueprint.defaults();
  }

  /** What was used of each LoRA, in the order they were given. */
  public List<LoraReport> loras() {
    return loras.reports();
  }

  /**
   * By what its network is known again, before LoRAs: see {@link
   * io.zoetrope.checkpoint.WeightsPrint}.
   */
  public String print() {
    return origins.print();
  }

  /** What was put into it that was trained on another base or schedule; a line each. */
  public List<String> strangers() {
    return origins.strangers();
  }

  /** What became of every key of its files, part by part. */
  public List<LoadReport> reports() {
    return parts.reports();
  }

  /** Whether it can do something that not all models can. */
  public boolean can(Ability ability) {
    return blueprint.can(ability);
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
    if (!can(Ability.VIDEO)) {
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
  public List<ControlHint> controls() {
    return parts.made(Role.CONTROL).stream().map(ControlNetwork::shows).toList();
  }

  /** What reads pictures that its videos are to be like; empty if it is shown none. */
  public Optional<PictureReader> pictures() {
    return parts.part(Role.PICTURES).map(LoadedPart::made);
  }

  /** What pictures of any size become for the network, on its device. */
  public PictureReader.Read readPictures(List<Frame> pictures) {
    return readPictures(PictureView.of(pictures, pictures().orElseThrow()));
  }

  /**
   * As above, of pictures that are squares already.
   *
   * @param x_P3HW of the side that {@link #pictures} says, values 0..1
   */
  public PictureReader.Read readPictures(Tensor x_P3HW) {
    PictureReader.Read read = pictures().orElseThrow().read(x_P3HW);
    weights(Role.PICTURES).ifPresent(ParameterStore::release);
    return new PictureReader.Read(
        device().place(read.tokens_PND()), device().place(read.nothing_1ND()));
  }

  /** What tells its network the embedding of a picture; empty if that is told none. */
  public Optional<Embeddings> embeddings() {
    return embeddings;
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
    return X0Denoiser.of(network, schedule, scheduling().toPrediction());
  }

  /** The noise of the training, and how it is walked down. */
  public Scheduling scheduling() {
    return blueprint.scheduling();
  }

  /** What it makes is on the device of what it is given, wherever it runs itself. */
  public Autoencoder autoencoder() {
    return autoencoder;
  }

  /** Whether its network was distilled to guide itself, and is told how much. */
  public boolean guidesItself() {
    return network.config().needs().contains(Conditioning.GUIDANCE);
  }

  /** Its second network, for frames of little noise; empty if it has one. */
  public Optional<LateDenoiser> late() {
    return parts.part(Role.LATE).map(LoadedPart::made);
  }

  /** What its network is shown beside the noisy latents; empty for most. */
  public Optional<Beside> beside() {
    return blueprint.beside();
  }

  /** How many latents its videos are. */
  public LatentGrid grid() {
    return blueprint.grid();
  }

  /** What reads its prompts; empty if it knows no text. */
  public Optional<PromptEncoder> text() {
    return text;
  }

  /**
   * The weights of a part, to see what gradients or LoRAs reach; they belong to the model.
   *
   * @return those of the role's first part; empty if there is none
   */
  public Optional<ParameterStore> weights(Role<?> role) {
    return parts.store(role);
  }

  /**
   * Looks through all weights for one that is not of finite numbers.
   *
   * @return its part, name and file
   */
  Optional<String> notFinite() {
    return parts.notFinite();
  }

  /** Width and height must be multiples of it. */
  public int sizeMultiple() {
    return sizeMultiple(grid(), network);
  }

  static int sizeMultiple(LatentGrid grid, VideoNetwork network) {
    // Also where any size will do: video files hold even sides only.
    return Math.max(2, grid.space() * network.config().multiple());
  }

  /** Words of a prompt that the model has never seen. */
  public List<String> unknownWords(String prompt) {
    return reader().map(t -> t.unknownWords(prompt)).orElse(List.of());
  }

  /** The end of a prompt, where it is too long to be read whole. */
  public Optional<String> unread(String prompt) {
    return reader().flatMap(t -> t.unread(prompt));
  }

  /** Whether it or its prior reads prompts. */
  public boolean readsWords() {
    return reader().isPresent();
  }

  /** What reads its prompts, or those of its prior. */
  private Optional<PromptEncoder> reader() {
    return text.or(() -> embeddings.flatMap(Embeddings::prior).map(TextPrior::words));
  }

  /**
   * What prompts become for the network, one row for each, on its device; nothing if it knows no
   * text.
   */
  public Conditioning condition(List<String> prompts) {
    return conditions(List.of(prompts)).getFirst();
  }

  /** As {@link #condition} for several groups of prompts that are used together. */
  public List<Conditioning> conditions(List<List<String>> groups) {
    if (text.isEmpty()) {
      return Collections.nCopies(groups.size(), Conditioning.none());
    }
    List<Conditioning> all = text.get().conditions(groups);
    weights(Role.TEXT).ifPresent(ParameterStore::release);
    return all.stream().map(read -> read.on(device())).toList();
  }

  @Override
  public void close() {
    loras.free();
    tuned.free();
    parts.close();
    text.ifPresent(PromptEncoder::close);
    embeddings.flatMap(Embeddings::prior).map(TextPrior::words).ifPresent(PromptEncoder::close);
  }
}
