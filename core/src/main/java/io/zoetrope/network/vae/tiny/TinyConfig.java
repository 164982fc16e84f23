package io.zoetrope.network.vae.tiny;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Shape of a {@link TinyVae}. Its files have no config: it is what their weights say.
 *
 * @param latentChannels channels of a latent
 * @param patch pixels on a side that are folded into a place
 * @param width features of the encoder
 * @param pools frames that become one at each resolution of the encoder, finest first
 * @param widths features of the decoder at each resolution, coarsest first, and after the last
 * @param grows frames that one becomes at each resolution of the decoder, coarsest first
 */
public record TinyConfig(
    int latentChannels,
    int patch,
    int width,
    List<Integer> pools,
    List<Integer> widths,
    List<Integer> grows)
    implements AutoencoderConfig {
  private static final int RGB = 3;

  /** Numbers of the layers of a resolution: two that change its size, and three blocks. */
  static final int ENCODER_STRIDE = 5;

  static final int DECODER_STRIDE = 6;

  /** Numbers of the first blocks. */
  static final int FIRST = 3;

  static final int BLOCKS = 3;

  public TinyConfig {
    pools = List.copyOf(pools);
    widths = List.copyOf(widths);
    grows = List.copyOf(grows);
    if (latentChannels < 1 || patch < 1 || width < 1 || pools.isEmpty()) {
      throw wrong("sizes of at least 1");
    }
    if (grows.size() != pools.size() || widths.size() != pools.size() + 1) {
      throw wrong("as many resolutions in its decoder as in its encoder");
    }
    if (product(pools) != product(grows)) {
      throw wrong(
          "a decoder that makes as many frames of a latent as its encoder takes for one, not %s and %s"
              .formatted(product(grows), product(pools)));
    }
  }

  private static UserError wrong(String needs) {
    return new UserError(Fault.INVALID, "a tiny autoencoder (TAEHV) needs " + needs);
  }

  private static int product(List<Integer> numbers) {
    return numbers.stream().reduce(1, Math::multiplyExact);
  }

  /** Whether a file with such names of weights is one. */
  public static boolean is(Set<String> names) {
    return names.contains("decoder.3.conv.0.weight") && names.contains("encoder.2.conv.weight");
  }

  /**
   * What shapes of weights say.
   *
   * @throws UserError if one that has to be there is missing
   */
  public static TinyConfig of(Map<String, long[]> shapes) {
    Shapes all = new Shapes(shapes);
    List<Integer> pools = new ArrayList<>();
    List<Integer> widths = new ArrayList<>();
    List<Integer> grows = new ArrayList<>();
    int levels = 0;
    while (shapes.containsKey(pool(levels))) {
      levels++;
    }
    for (int level = 0; level < levels; level++) {
      pools.add(all.columns(pool(level)) / all.rows(pool(level)));
      String grow = "decoder.%s.conv.weight".formatted(FIRST + 4 + DECODER_STRIDE * level);
      widths.add(all.columns(grow));
      grows.add(all.rows(grow) / all.columns(grow));
    }
    String last = "decoder.%s.weight".formatted(FIRST + 1 + DECODER_STRIDE * levels);
    widths.add(all.columns(last));
    return new TinyConfig(
        all.columns("decoder.1.weight"),
        (int) Math.round(Math.sqrt(all.rows(last) / (double) RGB)),
        all.rows("encoder.0.weight"),
        pools,
        widths,
        grows);
  }

  private static String pool(int level) {
    return "encoder.%s.conv.weight".formatted(FIRST - 1 + ENCODER_STRIDE * level);
  }

  /** Shapes by name, as far as they are of kernels. */
  private record Shapes(Map<String, long[]> shapes) {
    int rows(String name) {
      return (int) kernel(name)[0];
    }

    int columns(String name) {
      return (int) kernel(name)[1];
    }

    private long[] kernel(String name) {
      long[] shape = shapes.get(name);
      if (shape == null || shape.length != 4 || shape[0] < 1 || shape[1] < 1) {
        throw new UserError(
            Fault.MISMATCH,
            "these are no weights of a tiny autoencoder (TAEHV): they have no kernel " + name);
      }
      return shape;
    }
  }

  /** Channels of a place of pixels. */
  int pixels() {
    return RGB * patch * patch;
  }

  @Override
  public TinyVae build(Parameters p) {
    return new TinyVae(this, p);
  }

  @Override
  public LatentGrid grid() {
    return new LatentGrid(latentChannels, patch << pools.size(), product(pools), true);
  }

  /**
   * What is remembered of a frame at each resolution, and a few frames in full size: enlarged, as
   * many as one becomes there, and what is made of one of them.
   */
  @Override
  public Footprint footprint(long height, long width) {
    long places = Math.ceilDiv(height, patch) * Math.ceilDiv(width, patch);
    long remembered = 0;
    for (int level = 0; level < grows.size(); level++) {
      remembered += BLOCKS * widths.get(level) * (places >> (2 * (grows.size() - level)));
    }
    long finest = widths.get(widths.size() - 2);
    long working = places * (finest * (2 + grows.getLast()) + 4L * widths.getLast());
    return new Footprint(Footprint.CONVOLUTIONS, Float.BYTES * (remembered + working));
  }
}
