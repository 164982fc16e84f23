package io.zoetrope.train.distill;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Default;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.footage.Showing;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/**
 * Scales of guidance that a student is taught: one is drawn for each clip, and told it (Meng et al.
 * 2023, "On Distillation of Guided Diffusion Models", section 3.1).
 *
 * @param from smallest scale, 1 is none
 * @param to largest
 * @param shown scale of the samples that are made while it learns
 */
public record GuidanceRange(
    @Default("1.0") double from, @Default("5.0") double to, @Default("3.0") double shown)
    implements Showing {
  public GuidanceRange {
    if (!(from >= 0 && to >= from && to <= 100)) {
      throw new UserError(
          Fault.INVALID, "guidance goes up within 0 to 100, not from %s to %s".formatted(from, to));
    }
    if (!(shown >= from && shown <= to)) {
      throw new UserError(
          Fault.INVALID, "guidance.shown must be %s to %s, is %s".formatted(from, to, shown));
    }
  }

  @Override
  public Conditioning of(List<ClipCut> cuts, boolean nothing) {
    return told(cuts, Share.WHOLE, () -> shown);
  }

  @Override
  public Drawn draw(List<ClipCut> all, Share share, RandomStreams random) {
    SplittableRandom dice = new SplittableRandom(random.key("guidance"));
    return new Drawn(
        told(all, share, () -> from + (to - from) * dice.nextDouble()),
        Collections.nCopies(share.of(all.size()), false));
  }

  private static Conditioning told(List<ClipCut> cuts, Share share, DoubleSupplier scale) {
    int frames = cuts.getFirst().frames().size();
    double[] w = new double[cuts.size() * frames];
    double one = 0;
    for (int i = 0; i < w.length; i++) {
      one = i % frames == 0 ? scale.getAsDouble() - 1 : one;
      w[i] = one;
    }
    return Conditioning.none()
        .with(Conditioning.GUIDANCE, share.of(Tensors.of(w, cuts.size(), frames)));
  }
}
