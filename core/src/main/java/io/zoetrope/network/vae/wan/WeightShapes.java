package io.zoetrope.network.vae.wan;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the shapes of weights say about the autoencoder.
 *
 * @param shapes by diffusers' names
 */
record WeightShapes(Map<String, long[]> shapes) {
  private static final int RGB = 3;

  /** Latents are normalised as those of the published one of as many channels. */
  WanVaeConfig config() {
    return config(WanLatents.usual(rows("post_quant_conv.weight")));
  }

  /**
   * @param like whose latents are normalised so
   */
  WanVaeConfig config(WanVaeConfig like) {
    int channels = rows("post_quant_conv.weight");
    int out = rows("decoder.conv_out.weight");
    int finest = columns("decoder.conv_out.weight");
    List<Integer> multiples = new ArrayList<>();
    List<Boolean> time = new ArrayList<>();
    for (int level = 0; has("decoder.up_blocks.%s.resnets.0.conv1.weight", level); level++) {
      multiples.addFirst(
          rows("decoder.up_blocks.%s.resnets.0.conv1.weight".formatted(level)) / finest);
      boolean flat = has("decoder.up_blocks.%s.upsamplers.0.resample.1.weight", level);
      if (flat || has("decoder.up_blocks.%s.upsampler.resample.1.weight", level)) {
        time.addFirst(
            has("decoder.up_blocks.%s.upsamplers.0.time_conv.weight", level)
                || has("decoder.up_blocks.%s.upsampler.time_conv.weight", level));
      }
    }
    int blocks =
        (int)
            IntStream.iterate(0, i -> i + 1)
                .takeWhile(i -> has("decoder.up_blocks.0.resnets.%s.conv1.weight", i))
                .count();
    return new WanVaeConfig(
        rows("encoder.conv_in.weight"),
        finest,
        channels,
        multiples,
        blocks - 1,
        time,
        shapes.containsKey("encoder.down_blocks.0.resnets.0.conv1.weight"),
        columns("encoder.conv_in.weight"),
        out,
        (int) Math.round(Math.sqrt(out / (double) RGB)),
        like.mean(),
        like.std());
  }

  private boolean has(String name, int index) {
    return shapes.containsKey(name.replace("%s", Integer.toString(index)));
  }

  private int rows(String name) {
    return (int) shape(name)[0];
  }

  private int columns(String name) {
    return (int) shape(name)[1];
  }

  private long[] shape(String name) {
    long[] shape = shapes.get(name);
    if (shape == null || shape.length != 5) {
      throw new UserError(
          Fault.MISMATCH,
          "these are no weights of an %s: they have no %s".formatted(WanVaeConfig.KIND, name));
    }
    return shape;
  }
}
