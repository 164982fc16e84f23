package io.zoetrope.pipeline;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.LoraReport;
import io.zoetrope.checkpoint.Safetensors;
import io.zoetrope.checkpoint.SafetensorsFile;
import io.zoetrope.diffusion.Conditioning;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.text.clip.ClipReading;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.CompactConfig;
import io.zoetrope.network.vae.Pixels;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * A text-to-video model, loaded. Weights are mapped from their files. Any number of runs may share
 * it, one at a time: libtorch gives each thread that enters it a pool of its own.
 */
public final class VideoModel implements AutoCloseable {
  private final ModelIndex index;
  private final VideoNetwork network;
  private final Scheduling scheduling;
  private final X0Denoiser denoiser;
  private final PromptEncoder text;
  private final Autoencoder autoencoder;
  private final int sizeMultiple;
  private final List<SafetensorsFile> files = new ArrayList<>();
  private final List<ParameterStore> stores = new ArrayList<>();
  private LoadedLoras loras = new LoadedLoras();

  private VideoModel(Path directory, String dtype, List<LoraChoice> choices) {
    ModelLayout layout = new ModelLayout(directory);
    index = JsonFiles.read(layout.index(), ModelIndex.class);
    if (!ModelIndex.KIND.equals(index.kind())) {
      throw new UserError(
          "%s is a %s; this version runs %s".formatted(directory, index.kind(), ModelIndex.KIND));
    }
    try {
      scheduling = Scheduling.read(layout.scheduler());
      NetworkConfig config = Networks.read(directory);
      AutoencoderConfig vae = autoencoder(layout.autoencoder());
      TextPart words = TextPart.read(layout, ClipReading.USUAL);
      requireFit(directory, config, vae, words);
      Precision precision = Precision.of(dtype, config.features());
      network = build(layout.network(config.folder()).weights(), precision, config::build);
      Supplier<PromptEncoder> prompts =
          build(layout.text().weights(), precision, words.names(), words::build);
      loras = LoadedLoras.merge(choices, stores.getFirst(), stores.getLast());
      // Convolutions over few channels are faster in f32 even where bf16 is native
      // (docs/numerics.md).
      autoencoder =
          vae instanceof Pixels pixels
              ? pixels
              : build(layout.autoencoder().weights(), Precision.F32, vae::build);
      denoiser =
          naming(
              layout.scheduler(),
              () -> X0Denoiser.of(network, scheduling.toSchedule(), scheduling.toPrediction()));
      // Also where any size will do: video files hold even sides only.
      sizeMultiple = Math.max(2, vae.factor() * config.multiple());
      text = prompts.get();
    } catch (RuntimeException e) {
      free();
      throw e;
    }
  }

  /**
   * Loads a model directory.
   *
   * @param dtype auto, f32 or bf16: see {@link Precision#of(String, int)}
   * @throws UserError if anything is missing, damaged or does not fit together
   */
  public static VideoModel load(Path directory, String dtype) {
    return load(directory, dtype, List.of());
  }

  /**
   * Loads a model directory, with LoRAs merged into its network and text encoder.
   *
   * @param loras in any dialect that {@link io.zoetrope.checkpoint.LoraFile} reads; they add up
   * @throws UserError also if a LoRA is damaged, or nothing in it belongs to the model
   */
  public static VideoModel load(Path directory, String dtype, List<LoraChoice> loras) {
    if (!Files.isDirectory(directory)) {
      throw new UserError(
          "no model directory " + directory + ": 'zoetrope models' lists those that are there");
    }
    return new VideoModel(directory, dtype, loras);
  }

  private <T> T build(Path path, Precision precision, Function<Parameters, T> make) {
    return build(path, precision, UnaryOperator.identity(), make);
  }

  private <T> T build(
      Path path,
      Precision precision,
      UnaryOperator<Map<String, Tensor>> names,
      Function<Parameters, T> make) {
    SafetensorsFile file = Safetensors.open(path);
    files.add(file);
    ParameterStore store = ParameterStore.forInference(names.apply(file.tensors()), precision);
    stores.add(store);
    T network = naming(path, () -> make.apply(store.root()));
    store.requireComplete(path.toString());
    return network;
  }

  private static AutoencoderConfig autoencoder(Component vae) {
    return vae.className().equals(Pixels.KIND)
        ? vae.config(Pixels.class)
        : vae.config(CompactConfig.class);
  }

  /** Puts the file's name in front of what is said about its content. */
  private static <T> T naming(Path file, Supplier<T> body) {
    try {
      return body.get();
    } catch (UserError e) {
      throw new UserError(file + ": " + e.getMessage(), e);
    }
  }

  private static void requireFit(
      Path directory, NetworkConfig network, AutoencoderConfig vae, TextPart words) {
    if (network.channels() != vae.latentChannels()) {
      throw new UserError(
          "%s: its %s takes latents of %d channels, its autoencoder makes %d"
              .formatted(directory, network.folder(), network.channels(), vae.latentChannels()));
    }
    if (network.textWidth() != words.width()) {
      throw new UserError(
          "%s: its %s takes text of %d features, its text encoder makes %d"
              .formatted(directory, network.folder(), network.textWidth(), words.width()));
    }
  }

  /** What the model is used with where a request says nothing. */
  public ModelIndex.Defaults defaults() {
    return index.defaults();
  }

  /** What was used of each LoRA, in the order they were given. */
  public List<LoraReport> loras() {
    return loras.reports();
  }

  /** The network itself. */
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
    return text.condition(prompts);
  }

  /** As {@link #condition} for several groups of prompts that are used together. */
  public List<Conditioning> conditions(List<List<String>> groups) {
    return text.conditions(groups);
  }

  @Override
  public void close() {
    free();
    text.close();
  }

  private void free() {
    loras.free();
    stores.forEach(ParameterStore::close);
    files.forEach(SafetensorsFile::close);
  }
}
