package io.zoetrope.train.part;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Signature;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.torch.Segments;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A network with parts beside it, each as strongly as it acts at the time. */
public record JoinedNetwork(VideoNetwork bare, List<BasePart> parts) implements VideoNetwork {
  public JoinedNetwork {
    parts = List.copyOf(parts);
  }

  private VideoNetwork now() {
    VideoNetwork network = bare;
    for (BasePart part : parts) {
      network = part.beside(network);
    }
    return network;
  }

  @Override
  public NetworkConfig config() {
    return now().config();
  }

  @Override
  public Optional<Signature> signature() {
    return now().signature();
  }

  @Override
  public Tensor predict(Tensor z_BCFHW, Tensor t_BF, Conditioning conditioning, Segments segments) {
    return now().predict(z_BCFHW, t_BF, conditioning, segments);
  }
}
