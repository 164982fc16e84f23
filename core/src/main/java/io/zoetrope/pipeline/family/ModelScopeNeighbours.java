package io.zoetrope.pipeline.family;

import io.zoetrope.error.Mend;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What lies beside a U-Net of ModelScope in a file of its own: in its folder, or in those that
 * ComfyUI has beside that.
 *
 * @param model the U-Net's file
 */
record ModelScopeNeighbours(Path model) {
  private static final Pattern TEXT = Pattern.compile(".*open_?clip.*" + Neighbours.WEIGHTS);

  private static final Pattern VAE =
      Pattern.compile(".*(vqgan|autoencoder|vae).*" + Neighbours.WEIGHTS);

  /** The text encoder. */
  Path text() {
    Neighbours beside = new Neighbours(model);
    return beside
        .first(TEXT, List.of("text_encoders", "clip"))
        .orElseThrow(() ->
            beside.missing(
                "text encoder", "open_clip", Mend.of("name one as ").and(Mend.Knob.TEXT_ENCODER)));
  }

  /** The autoencoder. */
  Path autoencoder() {
    Neighbours beside = new Neighbours(model);
    return beside
        .first(VAE, List.of("vae"))
        .orElseThrow(() ->
            beside.missing(
                "autoencoder", "vqgan or vae", Mend.of("name one as ").and(Mend.Knob.VAE)));
  }
}
