package io.zoetrope.pipeline.order;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Default;
import io.zoetrope.torch.Finite;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Noise that a video is born of, from a file with one tensor: [1, C, F, h, w] or [C, F, h, w] of
 * unit variance.
 *
 * @param file a safetensors file
 * @param layout of four axes
 */
public record NoiseFile(SourceRef file, @Default("cfhw") Layout layout) {
  /** What four axes are. */
  public enum Layout {
    /** Channels, frames, height, width. */
    CFHW,
    /** Frames before channels, as image pipelines have their batches. */
    FCHW
  }

  /**
   * The noise.
   *
   * @param path where the file is
   * @param canvas_1CFHW of the shape that it must have
   * @param fewer whether it may be of the first frame alone
   * @return [1, C, F, h, w], f32, of the scope around
   */
  Tensor read(Path path, Tensor canvas_1CFHW, boolean fewer) {
    try (SafetensorsFile open = Safetensors.open(path)) {
      if (open.entries().size() != 1) {
        throw new UserError(
            "%s holds %s tensors, and noise is one".formatted(path, open.entries().size()));
      }
      Tensor raw = open.tensors().firstEntry().getValue().to(ScalarType.Float).clone();
      Finite.requireStored(raw, "the numbers of %s".formatted(path));
      Tensor noise = raw.dim() == 4 ? fourAxes(raw) : raw;
      long[] wanted = Tensors.shape(canvas_1CFHW);
      long[] given = Tensors.shape(noise);
      boolean single = fewer && given.length == 5 && given[2] == 1;
      if (single) {
        wanted[2] = 1;
      }
      if (!Arrays.equals(given, wanted)) {
        throw new UserError(
            "%s holds noise of shape %s, and %s is needed (clips, channels, frames, height, width)%s"
                .formatted(
                    path,
                    Arrays.toString(Tensors.shape(raw)),
                    Arrays.toString(Tensors.shape(canvas_1CFHW)),
                    raw.dim() == 4 && layout == Layout.CFHW
                        ? "; if frames come before channels, say so: write FILE:fchw"
                        : ""));
      }
      return noise;
    }
  }

  private Tensor fourAxes(Tensor raw) {
    return (layout == Layout.FCHW ? raw.transpose(0, 1) : raw).unsqueeze(0).contiguous();
  }

  /** What frames are born of; those beside it are drawn by the seed. */
  static Noise.Given given(Tensor noise_1CFHW) {
    return (use, draw, clip, frame) ->
        (use.equals("start") || use.equals("text2video-zero")) && frame < noise_1CFHW.size(2)
            ? Optional.of(noise_1CFHW.select(0, clip).select(1, frame))
            : Optional.empty();
  }
}
