package io.zoetrope.eval.features;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.CentreSquare;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.network.text.clip.ClipTokenizer;
import io.zoetrope.network.text.clip.ClipWholePrompts;
import io.zoetrope.network.vision.ClipModelConfig;
import io.zoetrope.network.vision.ClipPreprocessing;
import io.zoetrope.network.vision.ClipVisionModel;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * A whole CLIP, which puts pictures and texts into one space (Radford et al., "Learning
 * Transferable Visual Models From Natural Language Supervision", 2021): a folder as transformers'
 * {@code CLIPModel} has it, with {@code config.json}, {@code model.safetensors}, a tokenizer and,
 * where it is not the first CLIP's, {@code preprocessor_config.json}. Everything is f32. Any number
 * of threads may ask.
 */
public final class ClipModel implements AutoCloseable {
  /** What both halves end with. */
  private static final List<String> PROJECTIONS =
      List.of("text_projection.weight", "visual_projection.weight");

  /** How sharply the training compared; nothing here is compared by it. */
  private static final String SCALE = "logit_scale";

  private static final String PREPROCESSOR = "preprocessor_config.json";

  /** Files that {@link ClipTokenizer} looks for. */
  private static final List<String> TOKENIZER =
      List.of(
          "tokenizer.json",
          "vocab.json",
          "merges.txt",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json");

  private final Shape shape;
  private final ClipVisionModel vision;
  private final ClipWholePrompts prompts;
  private final ParameterStore store;
  private final WeightSet weights;

  private ClipModel(
      Shape shape,
      ClipVisionModel vision,
      ClipWholePrompts prompts,
      ParameterStore store,
      WeightSet weights) {
    this.shape = shape;
    this.vision = vision;
    this.prompts = prompts;
    this.store = store;
    this.weights = weights;
  }

  /**
   * What a folder says of itself.
   *
   * @param config sizes of the network
   * @param preprocessing how pictures become what it sees
   */
  public record Shape(ClipModelConfig config, ClipPreprocessing preprocessing) {
    /**
     * @throws UserError if one is of another CLIP
     */
    public Shape {
      if (preprocessing.side() != config.vision().side()) {
        throw new UserError(
            Fault.MISMATCH,
            "%s makes pictures of %s pixels, and the network sees %s"
                .formatted(PREPROCESSOR, preprocessing.side(), config.vision().side()));
      }
    }

    /** Features of an embedding. */
    public int width() {
      return config.embedding();
    }
  }

  /** The two halves, on their weights. */
  private record Halves(ClipVisionModel vision, ClipWholePrompts.Weights text) {
    static Halves of(ClipModelConfig config, Parameters p) {
      return new Halves(
          new ClipVisionModel(config.vision(), p),
          new ClipWholePrompts.Weights(config.text(), config.embedding(), p));
    }
  }

  /**
   * Looks whether a folder holds a whole CLIP: its configs, the names and sizes of all weights, its
   * tokenizer. The weights' numbers are not read.
   *
   * @throws UserError in one line if it is none, or a file is missing, damaged or another model's
   */
  public static Shape check(Path folder) {
    Shape shape = shape(folder);
    try (WeightSet weights = weights(folder);
        ParameterStore names = ParameterStore.blueprint()) {
      WeightSource source = source(weights);
      Halves halves = Halves.of(shape.config(), names.root());
      source.report(names).requireWhole();
      names
          .parameters()
          .forEach((name, wanted) -> requireSize(weights, name, Tensors.shape(wanted)));
      prompts(folder, halves).close();
    }
    return shape;
  }

  /**
   * The files of a folder that an embedding depends on.
   *
   * @throws UserError if there are no weights
   */
  public static List<Path> files(Path folder) {
    try (WeightSet weights = weights(folder)) {
      return Stream.of(
              weights.files().stream(),
              Stream.of("config.json", PREPROCESSOR).map(folder::resolve),
              TOKENIZER.stream().map(folder::resolve))
          .flatMap(all -> all)
          .filter(Files::isRegularFile)
          .toList();
    }
  }

  private static void requireSize(WeightSet weights, String name, long[] wanted) {
    long[] there = Tensors.shape(weights.tensor(name));
    if (!Arrays.equals(there, wanted)) {
      throw new UserError(
          Fault.MISMATCH,
          "%s: weight '%s' has shape %s where the config needs %s"
              .formatted(weights.path(), name, Arrays.toString(there), Arrays.toString(wanted)));
    }
  }

  /**
   * Loads a folder.
   *
   * @throws UserError as for {@link #check}
   */
  public static ClipModel load(Path folder) {
    Shape shape = shape(folder);
    WeightSet weights = weights(folder);
    try {
      return on(weights, folder, shape);
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  private static ClipModel on(WeightSet weights, Path folder, Shape shape) {
    WeightSource source = source(weights);
    ParameterStore store = ParameterStore.forInference(source.tensors(), Precision.F32);
    try {
      Halves halves = Halves.of(shape.config(), store.root());
      source.report(store).requireWhole();
      return new ClipModel(shape, halves.vision(), prompts(folder, halves), store, weights);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private static Shape shape(Path folder) {
    ClipModelConfig config = Component.encoder(folder).config(ClipModelConfig.class);
    Path file = folder.resolve(PREPROCESSOR);
    ClipPreprocessing preprocessing =
        Files.exists(file)
            ? JsonFiles.read(file, ClipPreprocessing.class)
            : ClipPreprocessing.usual(config.vision().side());
    try {
      return new Shape(config, preprocessing);
    } catch (UserError e) {
      throw e.at(folder);
    }
  }

  private static WeightSet weights(Path folder) {
    return Component.encoder(folder).open(Optional.empty());
  }

  private static WeightSource source(WeightSet weights) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(weights.tensors());
    for (String projection : PROJECTIONS) {
      if (!tensors.containsKey(projection)) {
        throw new UserError(
            Fault.MISMATCH,
            "%s has no %s, without which texts and pictures have no space in common"
                .formatted(weights.path(), projection),
            "take a whole CLIPModel");
      }
    }
    tensors.remove(SCALE);
    return WeightSource.of("CLIP", weights.path().toString(), tensors);
  }

  private static ClipWholePrompts prompts(Path folder, Halves halves) {
    ClipTokenizer tokenizer = ClipTokenizer.load(folder);
    try {
      return new ClipWholePrompts(halves.text(), tokenizer);
    } catch (UserError e) {
      tokenizer.close();
      throw e.at(folder);
    }
  }

  /** What its folder says. */
  public Shape shape() {
    return shape;
  }

  /**
   * Embeddings of pictures of any size: the middle squares are seen.
   *
   * @return [P, E], f32, not normalised
   */
  public Tensor pictures(List<Frame> pictures) {
    return Scopes.noGrad(() ->
        Scopes.tensor(() -> {
          int side = shape.preprocessing().side();
          List<Tensor> squares =
              pictures.stream()
                  .map(picture -> CentreSquare.of(picture, side))
                  .map(square -> FrameTensors.toTensor(new Video(List.of(square), 1)))
                  .map(x -> x.select(1, 0).unsqueeze(0))
                  .toList();
          Tensor x_P3HW = Ops.mul(Ops.add(Tensors.cat(squares, 0), 1), 0.5);
          return vision.encode(shape.preprocessing().statistics().normalised(x_P3HW)).embedded_BE();
        }));
  }

  /**
   * Embeddings of texts; what is too long to be read is cut off at the end.
   *
   * @return [T, E], f32, not normalised
   */
  public Tensor texts(List<String> texts) {
    return Scopes.noGrad(() ->
        Scopes.tensor(
            () -> prompts.condition(texts).get(Conditioning.POOLED).orElseThrow().squeeze(1)));
  }

  @Override
  public void close() {
    prompts.close();
    store.close();
    weights.close();
  }
}
