package io.zoetrope.eval.features;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.ScriptModule;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Features by a TorchScript file, so that figures can be compared with published ones: with the I3D
 * network of Carreira &amp; Zisserman (2017) the Frechet distance is FVD (Unterthiner et al.,
 * 2018). Two kinds of file are understood:
 *
 * <ul>
 *   <li>{@code forward(x)} takes videos [B, 3, F, H, W] in [-1, 1] and returns [B, D];
 *   <li>{@code forward(x, rescale, resize, return_features)}, as the I3D file that goes with
 *       StyleGAN-V: it takes [0, 255] in whole levels and does the rest itself.
 * </ul>
 *
 * More axes of the result than two are joined.
 */
public final class TorchScriptFeatures implements VideoFeatures {
  private static final Map<String, Boolean> ALL_OF_IT =
      Map.of("rescale", true, "resize", true, "return_features", true);

  private final ScriptModule module;
  private final Path path;

  private TorchScriptFeatures(ScriptModule module, Path path) {
    this.module = module;
    this.path = path;
  }

  /**
   * Loads a file.
   *
   * @throws UserError if it is missing or no TorchScript
   */
  public static TorchScriptFeatures load(Path path) {
    return new TorchScriptFeatures(ScriptModule.load(path), path);
  }

  @Override
  public Tensor features(Tensor x_B3FHW) {
    return Scopes.noGrad(() ->
        Scopes.tensor(() -> {
          Tensor y = run(x_B3FHW.to(ScalarType.Float).contiguous());
          if (y.dim() < 2 || y.size(0) != x_B3FHW.size(0)) {
            throw new UserError(
                Fault.MISMATCH,
                "%s makes %s of %s videos, not a row of features for each"
                    .formatted(path, Arrays.toString(Tensors.shape(y)), x_B3FHW.size(0)));
          }
          return y.flatten(1, -1).to(ScalarType.Float);
        }));
  }

  private Tensor run(Tensor x) {
    if (module.inputs() == 1) {
      return module.forward(x, Map.of());
    }
    Tensor levels = Ops.clamp(x.add(new Scalar(1)).mul(new Scalar(127.5)), 0, 255).round();
    return module.forward(levels, ALL_OF_IT);
  }

  @Override
  public String name() {
    return String.valueOf(path.getFileName());
  }

  @Override
  public void close() {
    module.close();
  }
}
