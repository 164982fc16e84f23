package io.zoetrope.network.unet;

import io.zoetrope.torch.Segments;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * What a {@link ControlNet} adds to a {@link UNet} of the same shape. Those of several add up.
 *
 * @param kept [B * F, C, H, W] each, or with H = W = 1 for all places alike: to what is kept on the
 *     way down, finest first
 * @param bottom to what comes out of the middle layers
 */
public record Residuals(List<Tensor> kept, Tensor bottom) {
  public Residuals {
    kept = List.copyOf(kept);
  }

  Encoder.Features addTo(Encoder.Features features, Segments segments) {
    if (kept.size() != features.kept().size()) {
      throw new IllegalArgumentException(
          "residuals are for a network that keeps %s activations, not %s"
              .formatted(kept.size(), features.kept().size()));
    }
    List<Tensor> sum = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      sum.add(add(features.kept().get(i), kept.get(i), segments));
    }
    return new Encoder.Features(sum, add(features.bottom(), bottom, segments));
  }

  private static Tensor add(Tensor x, Tensor residual, Segments segments) {
    return segments.run(at -> at.get(0).add(at.get(1)), List.of(x, segments.enter(residual)));
  }
}
