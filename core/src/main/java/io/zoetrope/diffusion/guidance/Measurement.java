package io.zoetrope.diffusion.guidance;

import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What is measured of a video: some of its elements, or a smaller picture of it. Linear (but for a
 * decoder), differentiable, and the same for every clip and channel.
 */
public sealed interface Measurement {
  /** The measurement of a video [B, C, F, H, W]. */
  Tensor apply(Tensor x_BCFHW);

  /** What a video measures less what was measured; elements not measured are 0, whatever value. */
  default Tensor difference(Tensor x_BCFHW, Tensor value) {
    return apply(x_BCFHW).sub(value);
  }

  /**
   * Which elements of the video are known outright, bool, broadcasts against it; empty if no
   * element is, but only sums of them.
   */
  default Optional<Tensor> known(Tensor like) {
    return Optional.empty();
  }

  /** This measurement of a stretch of the video's frames. */
  Measurement frames(int from, int count);

  /** Frames of which nothing is unknown: for extension, infilling, a higher frame rate. */
  static Measurement ofFrames(boolean... known) {
    Boolean[] boxed = new Boolean[known.length];
    for (int frame = 0; frame < known.length; frame++) {
      boxed[frame] = known[frame];
    }
    return new Frames(List.of(boxed));
  }

  /**
   * Whole frames.
   *
   * @param which for each frame whether it is known
   */
  record Frames(List<Boolean> which) implements Measurement {
    public Frames {
      which = List.copyOf(which);
    }

    @Override
    public Tensor apply(Tensor x_BCFHW) {
      return Masks.only(x_BCFHW, mask(x_BCFHW));
    }

    @Override
    public Tensor difference(Tensor x_BCFHW, Tensor value) {
      return Masks.only(x_BCFHW.sub(value), mask(x_BCFHW));
    }

    @Override
    public Optional<Tensor> known(Tensor like) {
      return Optional.of(mask(like));
    }

    @Override
    public Measurement frames(int from, int count) {
      return new Frames(which.subList(from, from + count));
    }

    private Tensor mask(Tensor like) {
      if (like.size(2) != which.size()) {
        throw new IllegalArgumentException(
            which.size() + " frames are marked known or not, of " + like.size(2));
      }
      double[] marks = which.stream().mapToDouble(known -> known ? 1 : 0).toArray();
      return Tensors.of(marks, 1, 1, marks.length, 1, 1).to(like.device(), ScalarType.Bool);
    }
  }

  /**
   * Some places (inpainting).
   *
   * @param mask bool, true is known; broadcasts to [B, C, F, H, W]. Borrowed
   */
  record Region(Tensor mask) implements Measurement {
    public Region {
      if (mask.dim() != 5 || mask.scalar_type().intern() != ScalarType.Bool) {
        throw new IllegalArgumentException("a region is a bool tensor of 5 dimensions");
      }
    }

    @Override
    public Tensor apply(Tensor x_BCFHW) {
      return Masks.only(x_BCFHW, mask);
    }

    @Override
    public Tensor difference(Tensor x_BCFHW, Tensor value) {
      return Masks.only(x_BCFHW.sub(value), mask);
    }

    @Override
    public Optional<Tensor> known(Tensor like) {
      return Optional.of(mask);
    }

    @Override
    public Measurement frames(int from, int count) {
      return mask.size(2) == 1 ? this : new Region(mask.narrow(2, from, count));
    }
  }

  /**
   * The video in a lower resolution (super-resolution).
   *
   * @param height rows that are left, at most those of the video
   * @param width columns that are left
   * @param kernel how pixels are averaged
   */
  record Downsampled(long height, long width, Downsampling kernel) implements Measurement {
    public Downsampled {
      if (height < 1 || width < 1) {
        throw new IllegalArgumentException("no video is " + width + "x" + height);
      }
    }

    @Override
    public Tensor apply(Tensor x_BCFHW) {
      Tensor down = kernel.matrix(x_BCFHW.size(3), height, x_BCFHW);
      Tensor across = kernel.matrix(x_BCFHW.size(4), width, x_BCFHW);
      return down.matmul(x_BCFHW.matmul(across.t()));
    }

    @Override
    public Measurement frames(int from, int count) {
      return this;
    }
  }

  /**
   * A measurement of what latents decode to: pixels that are known where the model works on
   * latents. The one measurement that is not linear; its error counts pixels, not latents, so it
   * wants another weight.
   *
   * @param decoder latents [B, C, F, h, w] -> pixels [B, 3, F, H, W], frame by frame,
   *     differentiable
   * @param pixels what is measured of them
   */
  record Decoded(UnaryOperator<Tensor> decoder, Measurement pixels) implements Measurement {
    @Override
    public Tensor apply(Tensor x_BCFHW) {
      return pixels.apply(decoder.apply(x_BCFHW));
    }

    @Override
    public Tensor difference(Tensor x_BCFHW, Tensor value) {
      return pixels.difference(decoder.apply(x_BCFHW), value);
    }

    @Override
    public Measurement frames(int from, int count) {
      return new Decoded(decoder, pixels.frames(from, count));
    }
  }
}
