package io.zoetrope.train.objective;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.RandomStreams;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;

/**
 * A part of every picture of a batch: what networks of convolutions alone are trained on, which run
 * on any size (Ho et al., "Imagen Video", 2022, section 2.4).
 *
 * @param top first row
 * @param left first column
 * @param side rows and columns; 0 for all
 */
record Patch(long top, long left, long side) {
  /** The whole. */
  static final Patch ALL = new Patch(0, 0, 0);

  /**
   * Draws one.
   *
   * @param side at most those of the pictures; 0 for the whole
   */
  static Patch draw(int side, Tensor x_BCFHW, RandomStreams random) {
    if (side == 0) {
      return ALL;
    }
    SplittableRandom dice = new SplittableRandom(random.key("patch"));
    long top = dice.nextLong(x_BCFHW.size(3) - side + 1);
    return new Patch(top, dice.nextLong(x_BCFHW.size(4) - side + 1), side);
  }

  Tensor of(Tensor x_BCFHW) {
    return side == 0 ? x_BCFHW : x_BCFHW.narrow(3, top, side).narrow(4, left, side);
  }

  /** What is shown beside it. */
  Conditioning of(Conditioning shown) {
    return shown
        .get(Conditioning.BESIDE)
        .map(beside -> shown.with(Conditioning.BESIDE, of(beside)))
        .orElse(shown);
  }
}
