package io.zoetrope.train.distill;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Signature;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.torch.Segments;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * A network that is not told its guidance and learns it all the same: the mean over the scales that
 * its teacher had, as factors beside the layers of a model do (Luo et al. 2023, "LCM-LoRA").
 */
public record Untold(VideoNetwork network) implements VideoNetwork {
  @Override
  public NetworkConfig config() {
    return network.config();
  }

  @Override
  public Optional<Signature> signature() {
    return network.signature().map(s -> s.and(Set.of(), Set.of(Conditioning.GUIDANCE)));
  }

  @Override
  public Tensor predict(Tensor z_BCFHW, Tensor t_BF, Conditioning conditioning, Segments segments) {
    Conditioning rest = conditioning.only(slot -> !slot.equals(Conditioning.GUIDANCE));
    return network.predict(z_BCFHW, t_BF, rest, segments);
  }
}
