package io.zoetrope.network.vae;

import io.zoetrope.nn.FrameConv;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Scopes;
import java.util.Optional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A residual block over time behind one over places: {@code x + s h}, s the sigmoid of a learned
 * number, h two convolutions over three frames at each place (Blattmann et al., "Stable Video
 * Diffusion", 2023, appendix D: the blend {@code (1 - s) x + s (x + h)}). Its norms are of the
 * whole clip. New ones add nothing: their last convolution starts at zero.
 */
record TimeResidual(
    GroupNorm norm1, FrameConv conv1, GroupNorm norm2, FrameConv conv2, Tensor mix) {
  private static final double EPS = 1e-5;

  private static final int KERNEL = 3;

  /** Numbers of a clip that are worked on at once, without gradients. */
  private static final long BAND = 1L << 24;

  /**
   * @param p of the block
   * @param mixer of the number that it is blended by
   */
  static TimeResidual of(Parameters p, Parameters mixer, int width, int groups) {
    return new TimeResidual(
        GroupNorm.of(p.at("norm1"), width, groups, EPS),
        FrameConv.of(p.at("conv1"), width, width, KERNEL, Init.fanIn(1)),
        GroupNorm.of(p.at("norm2"), width, groups, EPS),
        FrameConv.of(p.at("conv2"), width, width, KERNEL, Init.ZEROS),
        mixer.plain("mix_factor", Init.ZEROS, 1));
  }

  /**
   * Of one clip.
   *
   * @param x_FCHW f32, channels next to each other in memory; without gradients the result takes
   *     its place
   */
  Tensor forward(Tensor x_FCHW) {
    if (GradMode.is_enabled()) {
      Tensor h = recorded(norm2, conv2, recorded(norm1, conv1, x_FCHW));
      return x_FCHW.add(h.mul(share()));
    }
    // Views hold the clip's memory too: none outlives this.
    Scopes.run(() -> {
      Tensor share = share();
      Tensor x_FNC = places(x_FCHW);
      Tensor h_FNC = torch.empty_like(x_FNC);
      over(norm1, conv1, x_FNC, (at, y) -> h_FNC.narrow(1, at, y.size(1)).copy_(y));
      over(norm2, conv2, h_FNC, (at, y) -> x_FNC.narrow(1, at, y.size(1)).addcmul_(y, share));
    });
    return x_FCHW;
  }

  /**
   * A convolution over the frames of one clip [F, C, H, W], f32, as the last layer of a decoder.
   */
  static Tensor overFrames(FrameConv conv, Tensor x_FCHW) {
    Tensor x_1FNC = x_FCHW.permute(0, 2, 3, 1).flatten(1, 2).unsqueeze(0);
    Tensor y = conv.forward(x_1FNC, Optional.empty()).squeeze(0).to(ScalarType.Float);
    return y.unflatten(1, x_FCHW.size(2), x_FCHW.size(3)).permute(0, 3, 1, 2);
  }

  private Tensor share() {
    return torch.sigmoid(mix.to(ScalarType.Float));
  }

  /** [F, C, H, W] -> [F, H W, C], the same memory. */
  private static Tensor places(Tensor x_FCHW) {
    return x_FCHW.permute(0, 2, 3, 1).flatten(1, 2);
  }

  /** Norm, SiLU, convolution, as one graph. */
  private static Tensor recorded(GroupNorm norm, FrameConv conv, Tensor x_FCHW) {
    long high = x_FCHW.size(2);
    // Frames one below the other are a picture, whose norm is that of the clip.
    Tensor tall = x_FCHW.permute(0, 2, 3, 1).flatten(0, 1).unsqueeze(0).permute(0, 3, 1, 2);
    Tensor y = torch.silu(norm.forward(tall)).permute(0, 2, 3, 1).squeeze(0);
    Tensor y_FNC = y.unflatten(0, x_FCHW.size(0), high).flatten(1, 2);
    Tensor h_FNC = conv.forward(y_FNC.unsqueeze(0), Optional.empty()).squeeze(0);
    return h_FNC.to(ScalarType.Float).unflatten(1, high, -1).permute(0, 3, 1, 2);
  }

  /** Norm, SiLU, convolution, band of places by band, so that little is held beside the clip. */
  private static void over(GroupNorm norm, FrameConv conv, Tensor x_FNC, Taker taker) {
    Scopes.run(() -> {
      ClipNorm own = ClipNorm.of(norm, x_FNC);
      long places = x_FNC.size(1);
      long most = Math.max(1, BAND / (x_FNC.size(0) * x_FNC.size(2)));
      for (long from = 0; from < places; from += most) {
        long first = from;
        long count = Math.min(most, places - from);
        Scopes.run(() -> {
          Tensor y = torch.silu_(own.apply(x_FNC.narrow(1, first, count)));
          taker.take(first, conv.summed(y.unsqueeze(0)).squeeze(0));
        });
      }
    });
  }

  /** Who is given the result of a band: the first of its places, and [F, N, C]. */
  @FunctionalInterface
  private interface Taker {
    void take(long first, Tensor y_FNC);
  }
}
