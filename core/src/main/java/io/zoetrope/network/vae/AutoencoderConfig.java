package io.zoetrope.network.vae;

import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Precision;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The shape of an {@link Autoencoder}: a record that is written beside its weights. */
public interface AutoencoderConfig {
  /** Bytes that a group of frames may take; a frame may take more. */
  long GROUP = 512L << 20;

  /** Builds it. */
  Autoencoder build(Parameters p);

  /** How many latents its videos become. */
  LatentGrid grid();

  /**
   * What it takes of memory to decode frames of so many pixels, in as large groups as it does them.
   */
  default Footprint footprint(long height, long width) {
    return new Footprint(1, Math.max(GROUP, height * width * Float.BYTES * 3 * 256));
  }

  /**
   * As {@link #footprint(long, long)}, for decoders that see several frames together.
   *
   * @param frames that are decoded at once at most, 0 or more
   */
  default Footprint footprint(long height, long width, int frames) {
    return footprint(height, width);
  }

  /** Whether it has weights; pixels as they are need none. */
  default boolean hasWeights() {
    return true;
  }

  /**
   * This shape, or that of its kin which weights of such names belong to: a decoder over time in
   * place of one of pictures, or the other way round.
   */
  default AutoencoderConfig of(Set<String> names) {
    return this;
  }

  /**
   * This, where the name of its file or folder says of its latents what neither weights nor configs
   * say.
   */
  default AutoencoderConfig named(Path at) {
    return this;
  }

  /** This, where its file says how the latents are normalised that it takes. */
  default AutoencoderConfig standingFor(Autoencoder.Scaling scaling) {
    return this;
  }

  /** This with layers over time in its decoder; empty where there is no such thing. */
  default Optional<OverTime> overTime() {
    return Optional.empty();
  }

  /** How latents are normalised, where one number says that. */
  default Optional<Autoencoder.Scaling> latentScaling() {
    return Optional.empty();
  }

  /** Its own names of weights, by those of a file of any age. */
  default UnaryOperator<String> names() {
    return UnaryOperator.identity();
  }

  /**
   * The number format that it runs in. Convolutions over few channels are faster in f32 even where
   * bf16 is native (docs/numerics.md).
   *
   * @param dtype as asked for: see {@link Precision#of(String, int)}
   */
  default Precision precision(String dtype) {
    return Precision.F32;
  }
}
