package io.zoetrope.pipeline;

import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.text.PromptTokenizer;
import io.zoetrope.network.text.TextConfig;
import io.zoetrope.network.text.TextTransformer;
import io.zoetrope.network.vae.CompactAutoencoder;
import io.zoetrope.network.vae.CompactConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.model.ModelWriter;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.SchedulerConfig;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Model directories of random weights, small enough for tests: 16x16 pixels become 4x4 latents of 4
 * channels. As a program, it samples in a process of its own.
 */
public final class TinyModel {
  public static final List<String> WORDS = List.of("a", "red", "blue", "ball", "moves", "right");
  public static final ModelIndex.Defaults DEFAULTS =
      new ModelIndex.Defaults(16, 16, 16, 8, 4, 3, "flow-euler");

  private TinyModel() {}

  /** Every weight random, so that prompt, level and neighbours all matter. */
  public static Path write(Path directory) {
    return write(directory, DitConfig.size("tiny"), 0.1);
  }

  /** The network predicts zero, as it does before training: what comes out is the noise put in. */
  public static Path writeSilent(Path directory) {
    return write(directory, DitConfig.size("tiny"), 0);
  }

  /**
   * @param shake standard deviation of what is added to every weight's initial value
   */
  public static Path write(Path directory, NetworkConfig config, double shake) {
    CompactConfig vae = CompactConfig.size("tiny");
    String tokenizer = PromptTokenizer.wordLevel(WORDS);
    TextConfig words = new TextConfig(PromptTokenizer.size(tokenizer), 8, 32, 1, 2);
    ParameterStore network = store("transformer");
    config.build(network.root());
    ParameterStore text = store("text");
    new TextTransformer(words, text.root());
    ParameterStore autoencoder = store("vae");
    new CompactAutoencoder(vae, autoencoder.root());
    shake(network, shake);
    shake(text, shake);
    new ModelWriter(
            new ModelIndex(ModelIndex.KIND, DEFAULTS),
            new SchedulerConfig("flow", 1, "flow"),
            config,
            words,
            vae)
        .write(
            directory,
            network.parameters(),
            text.parameters(),
            autoencoder.parameters(),
            tokenizer);
    List.of(network, text, autoencoder).forEach(ParameterStore::close);
    return directory;
  }

  private static ParameterStore store(String name) {
    return ParameterStore.forTraining(Map.of(), new RandomStreams(7).child(name), Precision.F32);
  }

  private static void shake(ParameterStore store, double by) {
    store
        .parameters()
        .forEach((name, p) ->
            Scopes.run(() -> {
              try (RandomStream random = new RandomStreams(8).stream(name)) {
                Tensor noise = Ops.mul(random.normal(Tensors.shape(p)), by);
                Scopes.noGrad(() -> p.add_(noise));
              }
            }));
  }

  public static VideoRequest request(long seed) {
    return VideoRequest.of("a red ball moves right", seed, DEFAULTS);
  }

  /** A request of other frames, steps and sampler. */
  public static VideoRequest request(long seed, int frames, int steps, String sampler) {
    return request(seed).withFrames(frames).withSteps(steps).withSampler(sampler);
  }

  /** The bytes of the latents of some requests in one batch. */
  public static byte[] latents(VideoModel model, VideoRequest... requests) {
    return Scopes.value(() ->
        Tensors.toBytes(
            new TextToVideo(new Engine(model)).latents(List.of(requests), Progress.NONE)));
  }

  /** Arguments: model directory, seed, file for the bytes of the latents. */
  public static void main(String[] arguments) throws IOException {
    try (VideoModel model = VideoModel.load(ModelChoice.of(Path.of(arguments[0]), "f32"))) {
      Files.write(Path.of(arguments[2]), latents(model, request(Long.parseLong(arguments[1]))));
    }
  }
}
