package io.zoetrope.network.critic;

import io.zoetrope.nn.Conv3d;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A discriminator of patches (Isola et al., 2017, section 3.2) of videos: three convolutions over
 * time and space (Blattmann et al., "Align your Latents", 2023, section 3.1.1), so that each of its
 * answers is about 15 x 15 pixels of seven frames.
 */
public final class PatchCritic {
  private static final double SLOPE = 0.2;

  private static final long GROUPS = 8;

  private static final double EPS = 1e-6;

  private final Conv3d in;
  private final Conv3d middle;
  private final GroupNorm norm;
  private final Conv3d out;

  /**
   * @param width channels of the first layer, a multiple of 4
   */
  public PatchCritic(Parameters p, int width) {
    in = Conv3d.cubic(p.at("conv_in"), 3, width, 3, 2, Init.fanIn(1));
    middle = Conv3d.cubic(p.at("conv_mid"), width, 2L * width, 3, 2, Init.fanIn(1));
    norm = GroupNorm.of(p.at("norm"), 2L * width, GROUPS, EPS);
    out = Conv3d.cubic(p.at("conv_out"), 2L * width, 1, 3, 1, Init.fanIn(1));
  }

  /**
   * x [B, 3, F, H, W] in [-1, 1] -> [B, 1, F, H / 4, W / 4], rounded up: above 0 where it takes a
   * patch for given.
   */
  public Tensor forward(Tensor x_BCFHW) {
    Tensor h = leaky(in.forward(x_BCFHW));
    h = leaky(norm.forward(middle.forward(h)));
    return out.forward(h).to(ScalarType.Float);
  }

  private static Tensor leaky(Tensor x) {
    return torch.leaky_relu(x, new Scalar(SLOPE));
  }

  /** What it has to learn: 1 and more of what was given, -1 and less of what was made. */
  public Tensor hinge(Tensor given_BCFHW, Tensor made_BCFHW) {
    Tensor given = torch.relu(Ops.add(Ops.mul(forward(given_BCFHW), -1), 1)).mean();
    Tensor made = torch.relu(Ops.add(forward(made_BCFHW), 1)).mean();
    return Ops.mul(given.add(made), 0.5);
  }
}
