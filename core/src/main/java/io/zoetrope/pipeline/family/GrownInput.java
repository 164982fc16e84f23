package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A network's weights with channels more in its first layer, which begin at zero: so it begins as
 * it was, whatever it is shown there.
 */
final class GrownInput {
  private GrownInput() {}

  /**
   * Weights so grown.
   *
   * @param place of the network's own
   */
  static Place of(ModelFiles files, Place place, NetworkConfig network) {
    NetworkConfig.Entrance entrance = network.entrance().orElseThrow();
    return new Place(
        () -> grown(files, place.open(), entrance, network.takes()), UnaryOperator.identity());
  }

  private static WeightSource grown(
      ModelFiles files, WeightSource own, NetworkConfig.Entrance entrance, int channels) {
    long columns = (long) channels * entrance.area();
    return Optional.ofNullable(own.tensors().get(entrance.weight()))
        .filter(weight -> weight.dim() > 1 && weight.size(1) < columns)
        .map(weight -> own.with(entrance.weight(), kept(files, weight, columns)))
        .orElse(own);
  }

  private static Tensor kept(ModelFiles files, Tensor given, long columns) {
    Tensor grown =
        Scopes.keep(
            Scopes.tensor(() -> {
              Tensor weight =
                  PackedTensor.of(given).<Tensor>map(p -> p.dense(ScalarType.Float)).orElse(given);
              long[] shape = Tensors.shape(weight);
              shape[1] = columns - shape[1];
              Tensor zeros = Tensors.zeros(shape).to(weight.scalar_type());
              return Tensors.cat(List.of(weight, zeros), 1);
            }));
    files.keep(() -> Scopes.free(grown));
    return grown;
  }
}
