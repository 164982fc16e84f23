package io.zoetrope.network.vae;

import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * An autoencoder of pictures whose decoder is given layers over time.
 *
 * @param config of the two together
 * @param names of the weights in it that the one of pictures has
 * @param isNew whether a weight is of a layer over time
 */
public record OverTime(
    AutoencoderConfig config, UnaryOperator<String> names, Predicate<String> isNew) {
  /** The last layer of such a decoder. */
  public static final String LAST = "decoder.time_conv_out.weight";
}
