package io.zoetrope.train;

import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Scales gradients down so that their global L2 norm is at most a limit (Pascanu et al., 2013). */
public final class GradientClip {
  private GradientClip() {}

  /**
   * @param parameters those without a gradient are passed over
   * @param limit the largest norm let through; 0 measures only
   * @return the norm before scaling; NaN or infinite if a gradient is (then nothing is scaled)
   */
  public static double clip(Collection<Tensor> parameters, double limit) {
    return Scopes.value(() ->
        Scopes.noGrad(() -> {
          List<Tensor> gradients = new ArrayList<>();
          parameters.forEach(p -> Autograd.gradient(p).ifPresent(gradients::add));
          if (gradients.isEmpty()) {
            return 0.0;
          }
          List<Tensor> norms = gradients.stream().map(Tensor::norm).toList();
          double norm = Tensors.stack(norms, 0).to(ScalarType.Double).norm().item_double();
          if (limit > 0 && norm > limit && !Double.isInfinite(norm)) {
            Scalar factor = new Scalar(limit / (norm + 1e-6));
            gradients.forEach(g -> g.mul_(factor));
          }
          return norm;
        }));
  }
}
