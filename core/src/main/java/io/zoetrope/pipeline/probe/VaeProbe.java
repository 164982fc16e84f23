package io.zoetrope.pipeline.probe;

import static io.zoetrope.pipeline.probe.Inputs.ANY;
import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.network.vae.AutoencoderKL;
import io.zoetrope.network.vae.AutoencoderKLTemporalDecoder;
import io.zoetrope.network.vae.KlConfig;
import io.zoetrope.network.vae.KlNames;
import io.zoetrope.network.vae.KlTemporalConfig;
import io.zoetrope.network.vae.Posterior;
import io.zoetrope.network.vae.wan.WanVae;
import io.zoetrope.network.vae.wan.WanVaeConfig;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * The two halves of {@code AutoencoderKL}, {@code AutoencoderKLTemporalDecoder} and {@code
 * AutoencoderKLWan}; latents are raw, without scaling factor or statistics.
 */
final class VaeProbe {
  /** An autoencoder between clips [B, C, F, H, W]. */
  private record Coder(
      long channels, Function<Tensor, Posterior> encode, UnaryOperator<Tensor> decode) {
    /** Frame by frame. */
    static Coder of(AutoencoderKL vae) {
      return new Coder(
          vae.grid().channels(),
          x -> {
            Posterior made = vae.posterior(rows(x));
            return new Posterior(clips(made.mean(), x), clips(made.logVar(), x));
          },
          z -> clips(vae.decodeRaw(rows(z)), z));
    }

    /** Decodes clips. */
    static Coder of(AutoencoderKLTemporalDecoder vae) {
      return new Coder(
          vae.grid().channels(),
          x -> {
            Posterior made = vae.posterior(rows(x));
            return new Posterior(clips(made.mean(), x), clips(made.logVar(), x));
          },
          vae::decodeRawClips);
    }

    static Coder of(WanVae vae) {
      return new Coder(
          vae.grid().channels(), vae::posterior, z -> Ops.clamp(vae.decodeRaw(z), -1, 1));
    }

    private static Tensor rows(Tensor x_BCFHW) {
      return rearrange(x_BCFHW, "b c f h w -> (b f) c h w");
    }

    private static Tensor clips(Tensor rows_NCHW, Tensor like_BCFHW) {
      return rearrange(rows_NCHW, "(b f) c h w -> b c f h w", "f", like_BCFHW.size(2));
    }
  }

  /** A class of autoencoders: the network's name for a file's, and how it is made of a folder. */
  private record Kind(
      UnaryOperator<String> names, Function<Component, Function<Parameters, Coder>> make) {}

  private static final SequencedMap<String, Kind> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put(
        KlConfig.KIND,
        new Kind(
            KlNames::modern,
            at -> {
              KlConfig config = at.config(KlConfig.class);
              return p -> Coder.of(config.build(p));
            }));
    KINDS.put(
        KlTemporalConfig.KIND,
        new Kind(
            KlNames::modern,
            at -> {
              KlTemporalConfig config = at.config(KlTemporalConfig.class);
              return p -> Coder.of(config.build(p));
            }));
    KINDS.put(
        WanVaeConfig.KIND,
        new Kind(
            UnaryOperator.identity(),
            at -> {
              WanVaeConfig config = at.config(WanVaeConfig.class);
              return p -> Coder.of(config.build(p));
            }));
  }

  private VaeProbe() {}

  private static ComponentFolder.Built<Coder> open(ComponentFolder folder, Precision precision) {
    folder.config(KINDS.keySet().toArray(String[]::new));
    Component at = folder.diffusion();
    Kind kind = Objects.requireNonNull(KINDS.get(at.className()));
    return folder.build(at, kind.names, precision, kind.make.apply(at));
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
      try (ComponentFolder.Built<Coder> vae = open(folder, precision)) {
        Tensor x = inputs.video("x", 3);
        Posterior made = vae.network().encode.apply(x);
        SequencedMap<String, Tensor> results = new LinkedHashMap<>();
        results.put("latent_dist.mean", inputs.like("x", made.mean()));
        results.put("latent_dist.logvar", inputs.like("x", made.logVar()));
        if (inputs.has("noise")) {
          Tensor noise = inputs.video("noise", ANY);
          if (!Arrays.equals(Tensors.shape(noise), Tensors.shape(made.mean()))) {
            throw inputs.wrong("noise", "that of latent_dist.mean");
          }
          results.put("latent_dist.sample", inputs.like("x", made.sample(noise)));
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
      try (ComponentFolder.Built<Coder> vae = open(folder, precision)) {
        Tensor z = inputs.video("z", vae.network().channels);
        SequencedMap<String, Tensor> results = new LinkedHashMap<>();
        results.put("sample", inputs.like("z", vae.network().decode.apply(z)));
        return results;
      }
    }
  }
}
