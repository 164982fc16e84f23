package io.zoetrope.pixels;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What stands out from the background, white on black whatever its colour: pixels that are far from
 * the colour of the border. The border's colour is the median over the whole video, so that what is
 * drawn does not flicker. No network: before a busy background it draws that, too.
 */
final class Silhouette implements Annotator {
  static final Silhouette USUAL = new Silhouette();

  /** Nearer to the background than this is background, in the largest of the three channels. */
  private static final double NEAR = 0.08;

  /** Further than this is none of it. */
  private static final double FAR = 0.24;

  private Silhouette() {}

  @Override
  public String word() {
    return "silhouette";
  }

  @Override
  public Tensor hints(Tensor x_F3HW) {
    return Scopes.tensor(() -> {
      Tensor x = x_F3HW.to(ScalarType.Float);
      float[] border = new float[3];
      for (int channel = 0; channel < 3; channel++) {
        border[channel] = border(x.select(1, channel));
      }
      Tensor away_F3HW = x.sub(Tensors.of(border, 1, 3, 1, 1)).abs();
      Tensor most =
          away_F3HW.select(1, 0).maximum(away_F3HW.select(1, 1)).maximum(away_F3HW.select(1, 2));
      Tensor white = Ops.clamp(Ops.div(Ops.add(most, -NEAR), FAR - NEAR), 0, 1);
      return white.unsqueeze(1).expand(x.size(0), 3, x.size(2), x.size(3)).contiguous();
    });
  }

  /** The median of one channel along the four sides, of all frames. */
  private static float border(Tensor x_FHW) {
    long rows = x_FHW.size(1);
    long columns = x_FHW.size(2);
    float[] all =
        Tensors.toFloats(
            Tensors.cat(
                List.of(
                    x_FHW.narrow(1, 0, 1).flatten(),
                    x_FHW.narrow(1, rows - 1, 1).flatten(),
                    x_FHW.narrow(2, 0, 1).flatten(),
                    x_FHW.narrow(2, columns - 1, 1).flatten()),
                0));
    Arrays.sort(all);
    return all[all.length / 2];
  }
}
