package io.zoetrope.pipeline.probe;

import static io.zoetrope.pipeline.probe.Inputs.ANY;
import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.network.vae.AutoencoderKL;
import io.zoetrope.network.vae.KlConfig;
import io.zoetrope.network.vae.KlNames;
import io.zoetrope.network.vae.Posterior;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/** {@code AutoencoderKL}, its two halves; latents are raw, without the scaling factor. */
final class VaeProbe {
  private VaeProbe() {}

  private static ComponentFolder.Built<AutoencoderKL> open(
      ComponentFolder folder, Precision precision) {
    folder.config(KlConfig.KIND);
    KlConfig config = folder.diffusion().config(KlConfig.class);
    return folder.build(
        folder.diffusion(), KlNames::modern, precision, p -> new AutoencoderKL(config, p));
  }

  /** Frames [B, 3, H, W] or [B, 3, F, H, W] in [-1, 1] to their posteriors. */
  static final class Encode implements Probe.Body {
    @Override
    public Inputs.Signature signature() {
      return new Inputs.Signature(List.of("x"), List.of("noise"));
    }

    @Override
    public SequencedMap<String, Tensor> run(
        ComponentFolder folder, Precision precision, Inputs inputs) {
      try (ComponentFolder.Built<AutoencoderKL> vae = open(folder, precision)) {
        Tensor x = inputs.video("x", 3);
        Posterior made = vae.network().posterior(rows(x));
        SequencedMap<String, Tensor> results = new LinkedHashMap<>();
        results.put("latent_dist.mean", back(inputs, "x", made.mean(), x));
        results.put("latent_dist.logvar", back(inputs, "x", made.logVar(), x));
        if (inputs.has("noise")) {
          Tensor noise = inputs.video("noise", ANY);
          Tensor rows = rows(noise);
          if (!Arrays.equals(Tensors.shape(rows), Tensors.shape(made.mean()))) {
            throw inputs.wrong("noise", "that of latent_dist.mean");
          }
          results.put("latent_dist.sample", back(inputs, "x", made.sample(rows), x));
        }
        return results;
      }
    }
  }

  /** Raw latents [B, C, h, w] or [B, C, F, h, w] to frames. */
  static final class Decode implements Probe.Body {
    @Override
    public Inputs.Signature signature() {
      return new Inputs.Signature(List.of("z"), List.of());
    }

    @Override
    public SequencedMap<String, Tensor> run(
        ComponentFolder folder, Precision precision, Inputs inputs) {
      try (ComponentFolder.Built<AutoencoderKL> vae = open(folder, precision)) {
        Tensor z = inputs.video("z", vae.network().grid().channels());
        SequencedMap<String, Tensor> results = new LinkedHashMap<>();
        results.put("sample", back(inputs, "z", vae.network().decodeRaw(rows(z)), z));
        return results;
      }
    }
  }

  private static Tensor rows(Tensor x_BCFHW) {
    return rearrange(x_BCFHW, "b c f h w -> (b f) c h w");
  }

  private static Tensor back(Inputs inputs, String name, Tensor rows_NCHW, Tensor like_BCFHW) {
    Tensor clips = rearrange(rows_NCHW, "(b f) c h w -> b c f h w", "f", like_BCFHW.size(2));
    return inputs.like(name, clips);
  }
}
