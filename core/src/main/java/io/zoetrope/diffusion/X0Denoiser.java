package io.zoetrope.diffusion;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Signature;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A denoiser whose output is the clean video: all that samplers know. Guidance wraps one and is
 * itself one, so guidances compose. Gradients flow through it to z and to the network.
 */
public interface X0Denoiser {
  /** The schedule under which levels are meant. */
  NoiseSchedule schedule();

  /**
   * The clean video as estimated from a noisy one.
   *
   * @param z_BCFHW noisy video, unscaled
   * @param u_BF level of each frame in [0, 1]; [B], [1, F] and a scalar are broadcast
   * @return [B, C, F, H, W] in the dtype of z
   */
  Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning);

  /**
   * This denoiser with the blocks of its network run as segments: the same results, and less memory
   * where a gradient is taken by {@link io.zoetrope.torch.Recompute}. One that wraps another passes
   * this on to it; one that does not is still right, and saves nothing.
   */
  default X0Denoiser segmented(Segments segments) {
    return this;
  }

  /** A network together with its schedule and the meaning of its output. */
  static X0Denoiser of(Denoiser network, NoiseSchedule schedule, Prediction prediction) {
    return new NetworkX0(network, schedule, prediction);
  }

  /** See {@link #of}. */
  record NetworkX0(Denoiser network, NoiseSchedule schedule, Prediction prediction)
      implements X0Denoiser {
    @Override
    public X0Denoiser segmented(Segments segments) {
      return of(new Segmented(network, segments), schedule, prediction);
    }

    @Override
    public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
      Levels levels = schedule.levels(u_BF, z_BCFHW);
      Tensor scaled =
          levels.allEqual(prediction::inputScale, 1)
              ? z_BCFHW
              : z_BCFHW.mul(levels.coefficient(prediction::inputScale, z_BCFHW));
      Tensor input = beside(scaled, conditioning);
      Tensor t_BF = levels.t_BF().to(z_BCFHW.device(), ScalarType.Float);
      network
          .signature()
          .ifPresent(signature -> {
            signature.require(conditioning);
            signature.requireTakes(input);
          });
      Conditioning rest = conditioning.only(slot -> !slot.equals(Conditioning.BESIDE));
      Tensor raw = network.predict(input, t_BF, rest).to(z_BCFHW.scalar_type());
      requireGiven(raw, z_BCFHW);
      return prediction.toX0(raw, z_BCFHW, levels);
    }

    /** What is beside the video has no part in its scaling. */
    private static Tensor beside(Tensor scaled, Conditioning conditioning) {
      return conditioning
          .get(Conditioning.BESIDE)
          .map(b -> Tensors.cat(List.of(scaled, b.to(scaled.device(), scaled.scalar_type())), 1))
          .orElse(scaled);
    }

    private void requireGiven(Tensor raw, Tensor z_BCFHW) {
      long gives = network.signature().map(s -> (long) s.gives()).orElse(z_BCFHW.size(1));
      if (gives != z_BCFHW.size(1) || !Arrays.equals(Tensors.shape(raw), Tensors.shape(z_BCFHW))) {
        throw new IllegalStateException(
            "the network, which gives %d channels, answers %s to a video of %s"
                .formatted(
                    gives,
                    Arrays.toString(Tensors.shape(raw)),
                    Arrays.toString(Tensors.shape(z_BCFHW))));
      }
    }

    /** A network whose blocks are run as segments, whoever asks. */
    private record Segmented(Denoiser network, Segments segments) implements Denoiser {
      @Override
      public Tensor predict(Tensor z_BCFHW, Tensor t_BF, Conditioning conditioning) {
        return network.predict(z_BCFHW, t_BF, conditioning, segments);
      }

      @Override
      public Optional<Signature> signature() {
        return network.signature();
      }
    }
  }
}
