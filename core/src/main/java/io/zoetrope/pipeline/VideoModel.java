package io.zoetrope.pipeline;

import io.zoetrope.checkpoint.Safetensors;
import io.zoetrope.checkpoint.SafetensorsFile;
import io.zoetrope.diffusion.Conditioning;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.dit.SpaceTimeTransformer;
import io.zoetrope.network.text.PromptTokenizer;
import io.zoetrope.network.text.TextConfig;
import io.zoetrope.network.text.TextTransformer;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.CompactAutoencoder;
import io.zoetrope.network.vae.CompactConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * A text-to-video model, loaded. Weights are mapped from their files. Any number of runs may share
 * it, one at a time: libtorch gives each thread that enters it a pool of its own.
 */
public final class VideoModel implements AutoCloseable {
  private final ModelIndex index;
  private final X0Denoiser denoiser;
  private final TextTransformer text;
  private final PromptTokenizer tokenizer;
  private final Autoencoder autoencoder;
  private final int sizeMultiple;
  private final List<SafetensorsFile> files = new ArrayList<>();
  private final List<Tensor> parameters = new ArrayList<>();

  private VideoModel(Path directory, Precision precision) {
    index = ModelFiles.read(directory, ModelFiles.INDEX, ModelIndex.class);
    if (!ModelIndex.KIND.equals(index.kind())) {
      throw new UserError(
          "%s is a %s; this version runs %s".formatted(directory, index.kind(), ModelIndex.KIND));
    }
    SchedulerConfig scheduler =
        ModelFiles.read(directory, ModelFiles.SCHEDULER, SchedulerConfig.class);
    DitConfig dit = ModelFiles.read(directory, ModelFiles.TRANSFORMER_CONFIG, DitConfig.class);
    CompactConfig vae = ModelFiles.read(directory, ModelFiles.VAE_CONFIG, CompactConfig.class);
    TextConfig words = ModelFiles.read(directory, ModelFiles.TEXT_CONFIG, TextConfig.class);
    tokenizer = PromptTokenizer.load(directory.resolve(ModelFiles.TOKENIZER), words.length());
    SpaceTimeTransformer network =
        build(
            directory.resolve(ModelFiles.TRANSFORMER),
            precision,
            store -> new SpaceTimeTransformer(dit, store.root()));
    text =
        build(
            directory.resolve(ModelFiles.TEXT),
            precision,
            store -> new TextTransformer(words, store.root()));
    // Convolutions over few channels are faster in f32 even where bf16 is native
    // (docs/numerics.md).
    autoencoder =
        build(
            directory.resolve(ModelFiles.VAE),
            Precision.F32,
            store -> new CompactAutoencoder(vae, store.root()));
    denoiser = X0Denoiser.of(network, scheduler.toSchedule(), scheduler.toPrediction());
    sizeMultiple = vae.factor() * dit.patch();
  }

  /**
   * Loads a model directory.
   *
   * @throws UserError if anything is missing, damaged or does not fit together
   */
  public static VideoModel load(Path directory, Precision precision) {
    if (!Files.isDirectory(directory)) {
      throw new UserError(
          "no model directory " + directory + ": 'zoetrope models' lists those that are there");
    }
    return new VideoModel(directory, precision);
  }

  private <T> T build(Path path, Precision precision, Function<ParameterStore, T> make) {
    SafetensorsFile file = Safetensors.open(path);
    files.add(file);
    ParameterStore store = ParameterStore.forInference(file.tensors(), precision);
    T network = make.apply(store);
    store.requireComplete(path.toString());
    parameters.addAll(store.parameters().values());
    return network;
  }

  /** What the model is used with where a request says nothing. */
  public ModelIndex.Defaults defaults() {
    return index.defaults();
  }

  /** The network with its noise schedule. */
  public X0Denoiser denoiser() {
    return denoiser;
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
    return tokenizer.unknownWords(prompt);
  }

  /** What prompts become for the network, one row for each. */
  public Conditioning condition(List<String> prompts) {
    return Prompts.condition(text, tokenizer, prompts);
  }

  @Override
  public void close() {
    parameters.forEach(Scopes::free);
    files.forEach(SafetensorsFile::close);
    tokenizer.close();
  }
}
