package io.zoetrope.network.vae;

import io.zoetrope.nn.GroupNorm;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A group norm over all frames and places of a clip as a gain and a shift of its channels, so that
 * it can be applied to a part of the clip at a time; without gradients.
 */
record ClipNorm(Tensor gain_C, Tensor shift_C) {
  /**
   * Of a clip's own mean and variance.
   *
   * @param x_FNC f32
   */
  static ClipNorm of(GroupNorm norm, Tensor x_FNC) {
    long groups = norm.groups();
    double count = (double) x_FNC.numel() / groups;
    Tensor mean_G = Ops.div(perGroup(frames(x_FNC, frame -> frame), groups), count);
    Tensor mean_C = perChannel(mean_G, x_FNC.size(2) / groups);
    // From the mean, not from the sum of squares: where the mean is large that loses all digits.
    Tensor squares_C = frames(x_FNC, frame -> frame.sub(mean_C).square_());
    Tensor variance_G = Ops.div(perGroup(squares_C, groups), count);
    Tensor rate_G = variance_G.add_(new Scalar(norm.eps())).rsqrt_();
    Tensor gain =
        perChannel(rate_G, x_FNC.size(2) / groups).mul(norm.weight().to(ScalarType.Float));
    return new ClipNorm(gain, norm.bias().to(ScalarType.Float).sub(mean_C.mul(gain)));
  }

  /** x [..., C] normalised, in memory of its own. */
  Tensor apply(Tensor x) {
    return x.mul(gain_C).add_(shift_C);
  }

  /** What is made of each frame, added up by channel. */
  private static Tensor frames(Tensor x_FNC, UnaryOperator<Tensor> of) {
    Tensor sum = x_FNC.new_zeros(x_FNC.size(2));
    for (long f = 0; f < x_FNC.size(0); f++) {
      long frame = f;
      Scopes.run(() -> sum.add_(of.apply(x_FNC.select(0, frame)).sum(0)));
    }
    return sum;
  }

  private static Tensor perGroup(Tensor x_C, long groups) {
    return x_C.unflatten(0, groups, -1).sum(1);
  }

  private static Tensor perChannel(Tensor x_G, long channels) {
    return x_G.unsqueeze(1).expand(x_G.size(0), channels).flatten();
  }
}
