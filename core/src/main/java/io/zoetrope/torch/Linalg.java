package io.zoetrope.torch;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Square roots of symmetric matrices without negative eigenvalues, through their eigenvectors. */
public final class Linalg {
  private Linalg() {}

  /**
   * The symmetric square root of a symmetric matrix [D, D]. Eigenvalues that rounding made negative
   * count as 0, so a matrix of low rank (fewer samples than features) is no trouble.
   */
  public static Tensor sqrt(Tensor symmetric) {
    T_TensorTensor_T eigen = torch.linalg_eigh(even(symmetric), "L");
    Tensor vectors = eigen.get1();
    return vectors.mul(roots(eigen.get0())).matmul(vectors.t());
  }

  /** The trace of that root: the sum of the roots of the eigenvalues. */
  public static double traceOfSqrt(Tensor symmetric) {
    return roots(torch.linalg_eigvalsh(even(symmetric), "L")).sum().item_double();
  }

  private static Tensor roots(Tensor eigenvalues) {
    return eigenvalues.clamp_min(new Scalar(0.0)).sqrt();
  }

  /** The mean of a matrix and its transpose: products are symmetric but for rounding. */
  private static Tensor even(Tensor m) {
    return Ops.mul(m.add(m.t()), 0.5);
  }
}
