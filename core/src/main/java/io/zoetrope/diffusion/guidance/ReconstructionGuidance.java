package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Recompute;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Reconstruction guidance (Ho et al. 2022, "Video Diffusion Models", section 3.1, equation 7):
 * {@code x0_b - (w alpha / 2) grad_{z_b} || x_a - x0_a(z) ||^2}, each frame by its own alpha,
 * together with replacement of what is known outright. The gradient goes through the network, and
 * through every guidance inside this one. For super-resolution the error is between the small
 * picture and the estimate made as small, and nothing is replaced.
 *
 * <p>A call costs one forward and one backward pass of {@code base}, about three forward passes;
 * four if activations are recomputed. It switches gradients on for itself; parameters gather none
 * unless activations are recomputed and the parameters are trainable.
 *
 * <p>Someone who differentiates through this guidance sees the estimate as a function of z and the
 * gradient term as a constant.
 *
 * @param base the denoiser to guide
 * @param known all that is known; the errors add up
 * @param noise of the run; see {@link Replacement}
 * @param weight w for each level
 * @param activations how the backward pass gets them
 */
public record ReconstructionGuidance(
    X0Denoiser base,
    List<Known> known,
    Noise noise,
    ReconstructionWeight weight,
    Activations activations)
    implements X0Denoiser {

  /** What the backward pass reads. */
  public enum Activations {
    /** All of the forward pass: fastest. */
    KEPT,
    /** Those of one block at a time, computed a second time: a fraction of the memory. */
    RECOMPUTED
  }

  public ReconstructionGuidance {
    known = List.copyOf(known);
    if (known.isEmpty()) {
      throw new IllegalArgumentException("reconstruction guidance needs something that is known");
    }
  }

  /** One weight for all levels, activations kept. */
  public ReconstructionGuidance(X0Denoiser base, Known known, Noise noise, double weight) {
    this(base, List.of(known), noise, ReconstructionWeight.constant(weight), Activations.KEPT);
  }

  @Override
  public NoiseSchedule schedule() {
    return base.schedule();
  }

  @Override
  public X0Denoiser segmented(Segments segments) {
    return new ReconstructionGuidance(
        base.segmented(segments), known, noise, weight, Activations.KEPT);
  }

  @Override
  public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
    return Scopes.tensor(() -> {
      Levels levels = schedule().levels(u_BF, z_BCFHW);
      Tensor z = z_BCFHW;
      for (Known k : known) {
        z = k.intoNoisy(z, levels, noise);
      }
      Tensor x0 =
          levels.allEqual(this::scale, 0)
              ? base.x0(z, u_BF, conditioning)
              : guided(z, u_BF, conditioning, levels);
      for (Known k : known) {
        x0 = k.intoClean(x0);
      }
      return x0;
    });
  }

  private record Slope(Tensor x0, Optional<Tensor> gradient) {}

  private Tensor guided(Tensor z, Tensor u_BF, Conditioning conditioning, Levels levels) {
    Slope slope;
    if (Autograd.records(z)) {
      slope = slope(z, u_BF, conditioning, Autograd.Graph.KEPT);
    } else {
      Tensor leaf = z.detach().set_requires_grad(true);
      Slope inside =
          Autograd.recording(() ->
              activations == Activations.KEPT
                  ? slope(leaf, u_BF, conditioning, Autograd.Graph.FREED)
                  : recomputed(leaf, u_BF, conditioning));
      slope = new Slope(inside.x0.detach(), inside.gradient);
    }
    return slope
        .gradient
        .map(g -> slope.x0.sub(g.detach().mul(levels.coefficient(this::scale, z))))
        .orElse(slope.x0);
  }

  private Slope slope(Tensor z, Tensor u_BF, Conditioning conditioning, Autograd.Graph graph) {
    Tensor x0 = base.x0(z, u_BF, conditioning);
    return new Slope(x0, Autograd.gradient(error(x0), z, graph));
  }

  private Slope recomputed(Tensor leaf, Tensor u_BF, Conditioning conditioning) {
    Recompute segments = new Recompute();
    Tensor x0 = base.segmented(segments).x0(leaf, u_BF, conditioning);
    Tensor error = error(x0);
    if (error.requires_grad()) {
      segments.backward(error);
    }
    return new Slope(x0, Autograd.gradient(leaf));
  }

  private Tensor error(Tensor x0) {
    return known.stream().map(k -> k.error(x0)).reduce(Tensor::add).orElseThrow();
  }

  /** {@code w alpha / 2}; 0 at level 0, where there is nothing to guide. */
  private double scale(NoiseLevel level) {
    return level.u() == 0 ? 0 : weight.at(level) * level.alpha() / 2;
  }
}
