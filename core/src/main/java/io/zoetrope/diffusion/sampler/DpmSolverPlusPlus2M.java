package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.Conditioning;
import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * DPM-Solver++(2M) (Lu et al. 2022, algorithm 2): second order from one denoiser call a step and
 * the x0 of the step before. With {@code lambda = ln(alpha / sigma)}, {@code h = lambda_s -
 * lambda_t} and {@code w = h / (2 h_before)}: {@code z_s = (sigma_s / sigma_t) z_t + alpha_s (1 -
 * e^-h) ((1 + w) x0_t - w x0_before)}.
 *
 * <p>Frame by frame, w is 0 (first order, DDIM) where the step before did not lead this frame down
 * to where it is now: at the first step, after being held or noised again; and where this step ends
 * clean, as is usual for the last one.
 */
public record DpmSolverPlusPlus2M() implements Sampler {
  @Override
  public Run begin(X0Denoiser denoiser, Conditioning conditioning, Noise noise) {
    return new Multistep(denoiser, conditioning, noise);
  }

  private static final class Multistep extends Run {
    /** The step before this one, its x0 kept beyond its scope. */
    private record Before(Tensor x0, Levels from, Levels to, int step) {}

    private Optional<Before> before = Optional.empty();

    Multistep(X0Denoiser denoiser, Conditioning conditioning, Noise noise) {
      super(denoiser, conditioning, noise);
    }

    @Override
    protected Tensor fall(Move move) {
      Tensor x0 = x0(move.z(), move.t_BF());
      Tensor estimate = x0;
      if (before.isPresent() && before.get().step() == move.step() - 1) {
        Tensor w = weight(move, before.get());
        estimate = x0.add(x0.sub(before.get().x0()).mul(w));
      }
      // 1 - e^-h as 1 - (alpha_t sigma_s) / (alpha_s sigma_t), which is finite at both ends.
      Tensor z = move.straight(estimate);
      close();
      before = Optional.of(new Before(keep(x0), move.from(), move.to(), move.step()));
      return z;
    }

    /** w of each frame, [B, 1, F, 1, 1]. */
    private static Tensor weight(Move move, Before before) {
      double[] w = new double[Math.toIntExact(move.from().batch() * move.from().frames())];
      int i = 0;
      for (long b = 0; b < move.from().batch(); b++) {
        for (long f = 0; f < move.from().frames(); f++) {
          NoiseLevel p = before.from().at(b, f);
          NoiseLevel t = move.from().at(b, f);
          NoiseLevel s = move.to().at(b, f);
          boolean valid =
              before.to().at(b, f).u() == t.u() && t.u() < p.u() && s.u() < t.u() && s.u() > 0;
          double h = s.logSnr() - t.logSnr();
          double hBefore = t.logSnr() - p.logSnr();
          w[i++] = valid && Double.isFinite(h) && Double.isFinite(hBefore) ? h / (2 * hBefore) : 0;
        }
      }
      return Tensors.of(w, move.from().batch(), 1, move.from().frames(), 1, 1)
          .to(move.z().device(), move.z().scalar_type());
    }

    @Override
    public void slide(int dropped, int added) {
      super.slide(dropped, added);
      if (before.isEmpty()) {
        return;
      }
      Before b = before.get();
      // Of frames that come in nothing is remembered; weight() sees it in their levels.
      Tensor moved =
          Scopes.tensor(() -> {
            long[] fresh = Tensors.shape(b.x0());
            Tensor stay = b.x0().narrow(2, dropped, fresh[2] - dropped);
            fresh[2] = added;
            Tensor none = Tensors.zeros(fresh).to(stay.device(), stay.scalar_type());
            return Tensors.cat(List.of(stay, none), 2);
          });
      before =
          Optional.of(
              new Before(
                  keep(moved),
                  b.from().slide(dropped, added),
                  b.to().slide(dropped, added),
                  b.step()));
      drop(b.x0());
    }

    @Override
    public void close() {
      before.ifPresent(b -> drop(b.x0()));
      before = Optional.empty();
    }
  }
}
