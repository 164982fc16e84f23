package io.zoetrope.network.vae;

import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A causal autoencoder as transformers of video have them, but without weights: the first frame has
 * a latent of its own, the others four frames each. Latents are 4 channels at a quarter of the
 * size. A latent owes something to the frame before its own, and a frame to the latent before its
 * own.
 *
 * @param stretch how it does long clips
 */
public record Causal(Stretch stretch) implements AutoencoderConfig, Autoencoder {
  private static final int TIME = 4;

  /** It needs to see one latent more than it does at once. */
  public static final Causal USUAL = new Causal(new Stretch(3, 1));

  public static final Causal WHOLE = new Causal(Stretch.WHOLE);

  @Override
  public Stretch stretch(long height, long width) {
    return stretch;
  }

  @Override
  public Autoencoder build(Parameters p) {
    return this;
  }

  @Override
  public LatentGrid grid() {
    return new LatentGrid(4, 4, TIME, true);
  }

  @Override
  public boolean hasWeights() {
    return false;
  }

  @Override
  public Tensor encode(Tensor x_BCFHW) {
    long frames = x_BCFHW.size(2);
    if (!grid().fills((int) frames)) {
      throw new IllegalArgumentException(frames + " frames fill no latents");
    }
    long h = x_BCFHW.size(3) / 4;
    long w = x_BCFHW.size(4) / 4;
    Tensor small = Ops.mean(x_BCFHW.reshape(x_BCFHW.size(0), 3, frames, h, 4, w, 4), 4, 6);
    Tensor z_B4FHW = Tensors.cat(List.of(small, Ops.mean(small, 1).unsqueeze(1)), 1);
    List<Tensor> latents = new ArrayList<>();
    for (long k = 0; k * TIME < frames; k++) {
      Tensor last = z_B4FHW.narrow(2, k * TIME, 1);
      latents.add(k == 0 ? last : Ops.mul(last.add(z_B4FHW.narrow(2, (k - 1) * TIME, 1)), 0.5));
    }
    return Tensors.cat(latents, 2);
  }

  @Override
  public Tensor decode(Tensor z_BCLHW) {
    List<Tensor> frames = new ArrayList<>();
    for (long k = 0; k < z_BCLHW.size(2); k++) {
      Tensor own = z_BCLHW.narrow(2, k, 1).narrow(1, 0, 3);
      if (k == 0) {
        frames.add(own);
        continue;
      }
      Tensor before = z_BCLHW.narrow(2, k - 1, 1).narrow(1, 0, 3);
      for (int j = 1; j <= TIME; j++) {
        double part = j / (double) TIME;
        frames.add(Ops.mul(own, part).add(Ops.mul(before, 1 - part)));
      }
    }
    Tensor x = Tensors.cat(frames, 2);
    long b = x.size(0);
    long f = x.size(2);
    long h = x.size(3);
    long w = x.size(4);
    return x.reshape(b, 3, f, h, 1, w, 1)
        .expand(b, 3, f, h, 4, w, 4)
        .reshape(b, 3, f, 4 * h, 4 * w);
  }
}
