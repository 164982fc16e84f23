package io.zoetrope.network.unet;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Segments;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * What a {@link ControlNet} adds to a {@link UNet} of the same shape.
 *
 * @param kept [B * F, C, H, W] each (or H = W = 1, for all places alike): to what is kept on the
 *     way down, finest first
 * @param bottom to what comes out of the middle layers
 */
public record Residuals(List<Tensor> kept, Tensor bottom) {
  public Residuals {
    kept = List.copyOf(kept);
  }

  /** These and those of another control, which add up. */
  public Residuals plus(Residuals other) {
    requireAs(other.kept);
    List<Tensor> sum = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      sum.add(kept.get(i).add(other.kept.get(i)));
    }
    return new Residuals(sum, bottom.add(other.bottom));
  }

  /**
   * Each times a factor.
   *
   * @param factors one for each of {@link #kept}, then one for {@link #bottom}
   */
  Residuals times(double[] factors) {
    List<Tensor> scaled = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      scaled.add(Ops.mul(kept.get(i), factors[i]));
    }
    return new Residuals(scaled, Ops.mul(bottom, factors[kept.size()]));
  }

  Encoder.Features addTo(Encoder.Features features, Segments segments) {
    requireAs(features.kept());
    List<Tensor> sum = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      sum.add(add(features.kept().get(i), kept.get(i), segments));
    }
    return new Encoder.Features(sum, add(features.bottom(), bottom, segments));
  }

  private static Tensor add(Tensor x, Tensor residual, Segments segments) {
    return segments.run(at -> at.get(0).add(at.get(1)), List.of(x, segments.enter(residual)));
  }

  private void requireAs(List<Tensor> others) {
    if (kept.size() != others.size()) {
      throw new IllegalArgumentException(
          kept.size() + " residuals are for another network than " + others.size());
    }
  }
}
