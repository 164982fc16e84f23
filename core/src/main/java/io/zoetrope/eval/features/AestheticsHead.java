package io.zoetrope.eval.features;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * How much people like a picture on average, about 1 to 10, by CLIP's embedding of it: the linear
 * layers of LAION's improved aesthetic predictor (Schuhmann et al., "LAION-5B", 2022), between
 * which its training had dropout and nothing else. The weights are named as its code names them.
 */
public final class AestheticsHead implements AutoCloseable {
  /**
   * A layer.
   *
   * @param place of it in the sequence, in which dropout has places, too
   * @param out features that it makes
   */
  private record Layer(int place, int out) {}

  private static final List<Layer> LAYERS =
      List.of(
          new Layer(0, 1024),
          new Layer(2, 128),
          new Layer(4, 64),
          new Layer(6, 16),
          new Layer(7, 1));

  private static final String FIRST = "layers.0.weight";

  private final List<Linear> layers;
  private final ParameterStore store;
  private final SafetensorsFile file;

  private AestheticsHead(List<Linear> layers, ParameterStore store, SafetensorsFile file) {
    this.layers = layers;
    this.store = store;
    this.file = file;
  }

  /**
   * Opens a safetensors file.
   *
   * @throws UserError if it is missing, damaged, or holds other layers
   */
  public static AestheticsHead load(Path path) {
    SafetensorsFile file = Safetensors.open(path);
    ParameterStore store = ParameterStore.forInference(file.tensors(), Precision.F32);
    try {
      SafetensorsFile.Entry first = file.entries().get(FIRST);
      if (first == null || first.shape().size() != 2) {
        throw new UserError(
            Fault.MISMATCH,
            "%s has no matrix '%s': it is no aesthetics head of LAION's".formatted(path, FIRST));
      }
      List<Linear> layers = new ArrayList<>();
      long in = first.shape().get(1);
      for (Layer layer : LAYERS) {
        layers.add(
            Linear.of(store.root().at("layers").at(layer.place()), in, layer.out(), Init.xavier()));
        in = layer.out();
      }
      store.requireComplete(path.toString());
      return new AestheticsHead(List.copyOf(layers), store, file);
    } catch (RuntimeException e) {
      store.close();
      file.close();
      throw e instanceof UserError wrong && !wrong.reason().startsWith(path.toString())
          ? wrong.at(path)
          : e;
    }
  }

  /** Features of the embeddings that it reads. */
  public int width() {
    return layers.getFirst().inputs();
  }

  /**
   * Scores of pictures.
   *
   * @param embedded_PE as CLIP says them; they are divided by their lengths here
   * @return [P], f32
   */
  public Tensor scores(Tensor embedded_PE) {
    return Scopes.noGrad(() ->
        Scopes.tensor(() -> {
          Tensor x = embedded_PE.div(Ops.lengths(embedded_PE, Float.MIN_NORMAL));
          for (Linear layer : layers) {
            x = layer.forward(x);
          }
          return x.squeeze(1);
        }));
  }

  @Override
  public void close() {
    store.close();
    file.close();
  }
}
