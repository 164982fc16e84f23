package io.zoetrope.pipeline;

import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.Causal;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Holding;
import io.zoetrope.pipeline.family.Blueprint;
import io.zoetrope.pipeline.family.Families;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelFamily;
import io.zoetrope.pipeline.family.ModelFiles;
import io.zoetrope.pipeline.family.Part;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.torch.Precision;
import java.util.List;

/**
 * {@link TinyModel} with a causal autoencoder in place of its own: the same network makes the same
 * latents, of which the first is one frame and each other four.
 */
public record CausalModel(Causal autoencoder) implements ModelFamily {
  public static final Families FAMILIES = of(Causal.USUAL);

  public static Families of(Causal autoencoder) {
    return Families.of(List.of(new CausalModel(autoencoder)));
  }

  @Override
  public String name() {
    return "causal";
  }

  @Override
  public boolean recognises(ModelFiles files) {
    return true;
  }

  @Override
  public Blueprint read(ModelFiles files, ModelChoice choice) {
    Blueprint own = Families.ALL.read(files, choice);
    Part<Autoencoder> other =
        new Part<>(
            Role.AUTOENCODER,
            "vae",
            List.of(),
            Holding.mapped(Precision.F32),
            clip -> new Footprint(1, 0),
            autoencoder::build);
    return new Blueprint(
        own.kind(),
        own.parts().stream()
            .<Part<?>>map(part -> part.role() == Role.AUTOENCODER ? other : part)
            .toList(),
        own.joining(),
        own.scheduling(),
        own.defaults(),
        autoencoder.grid(),
        own.beside(),
        own.abilities(),
        own.leftovers());
  }
}
