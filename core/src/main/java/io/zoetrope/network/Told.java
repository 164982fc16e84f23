package io.zoetrope.network;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.Set;

/**
 * What a network is told of every frame beside its level, added to the level's features.
 *
 * @param guidance sinusoids of the {@link Conditioning#GUIDANCE} that is in its answer, an even
 *     number; 0 for a network that is guided from outside. A public name of it is {@code
 *     time_cond_proj_dim}
 */
public record Told(@JsonProperty("guidance") int guidance) {
  /** Nothing but the level. */
  public static final Told LEVEL = new Told(0);

  /** Sinusoids of guidance where nobody says how many, as in latent consistency models. */
  public static final int USUAL = 256;

  /** What is not written into a file: nothing but the level. */
  public static final class Unsaid {
    @Override
    public boolean equals(Object other) {
      return LEVEL.equals(other);
    }

    @Override
    public int hashCode() {
      return LEVEL.hashCode();
    }
  }

  public Told {
    if (guidance < 0 || guidance % 2 != 0) {
      throw new UserError(
          Fault.INVALID, "sinusoids of guidance are an even number or 0, not " + guidance);
    }
  }

  /** The entries that tell it. */
  public Set<Slot<?>> needs() {
    return guidance == 0 ? Set.of() : Set.of(Conditioning.GUIDANCE);
  }
}
