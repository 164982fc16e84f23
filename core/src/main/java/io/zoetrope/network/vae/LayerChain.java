package io.zoetrope.network.vae;

import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * Layers one after another. What a layer made is freed as soon as the next has read it: at full
 * resolution each is hundreds of megabytes.
 */
public final class LayerChain {
  private final List<UnaryOperator<Tensor>> layers = new ArrayList<>();

  /**
   * Adds a layer.
   *
   * @param layer makes another tensor, never the one that it is given
   */
  public void then(UnaryOperator<Tensor> layer) {
    layers.add(layer);
  }

  /** The coarsest resolution: a residual block, attention, another block. */
  void thenMiddle(KlConfig config, Parameters p, int width) {
    then(KlResnet.of(p.at("resnets").at(0), config, width, width)::forward);
    if (config.midAttention()) {
      then(KlAttention.of(p.at("attentions").at(0), config, width)::forward);
    }
    then(KlResnet.of(p.at("resnets").at(1), config, width, width)::forward);
  }

  /**
   * x [N, C, H, W] -> what the last layer makes of it.
   *
   * @param between called before each layer: at full resolution one takes a second
   */
  public Tensor forward(Tensor x, Runnable between) {
    return Scopes.tensor(() -> {
      Tensor h = Ops.channelsLast(x);
      for (UnaryOperator<Tensor> layer : layers) {
        between.run();
        Tensor before = h;
        h = Scopes.tensor(() -> layer.apply(before));
        if (before != x) {
          Scopes.free(before);
        }
      }
      return h;
    });
  }
}
