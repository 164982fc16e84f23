package io.zoetrope.checkpoint.keys;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of the autoencoder in single files of Stable Video Diffusion, and in files of its
 * decoder alone: those of {@link StableDiffusionKeys}, and beside each residual block of the
 * decoder one over time.
 */
final class TemporalDecoderKeys {
  private static final Pattern BLOCK = Pattern.compile("(decoder\\..*resnets\\.\\d+\\.)(.+)");
  private static final Pattern LAST =
      Pattern.compile("decoder\\.(?:conv_out\\.)?time_mix_conv\\.(.+)");
  private static final Pattern STACK =
      Pattern.compile("time_stack\\.((?:in|out)_layers\\.\\d)\\.(.+)");
  private static final Map<String, String> LAYERS =
      Map.of(
          "in_layers.0", "norm1",
          "in_layers.2", "conv1",
          "out_layers.0", "norm2",
          "out_layers.3", "conv2");

  private TemporalDecoderKeys() {}

  /** Whether a file with such keys has one; with a prefix in front or without. */
  static boolean among(Set<String> keys) {
    return keys.stream().anyMatch(key -> key.endsWith("decoder.mid.block_1.mix_factor"));
  }

  /**
   * Diffusers' name of a weight.
   *
   * @param image what {@link StableDiffusionKeys} makes of its key: that of a picture's autoencoder
   */
  static String name(String image) {
    Matcher last = LAST.matcher(image);
    if (last.matches()) {
      return "decoder.time_conv_out." + last.group(1);
    }
    Matcher block = BLOCK.matcher(image);
    return block.matches() ? block.group(1) + within(block.group(2)) : image;
  }

  private static String within(String name) {
    if (name.equals("mix_factor")) {
      return "time_mixer.mix_factor";
    }
    Matcher stack = STACK.matcher(name);
    if (!stack.matches()) {
      return "spatial_res_block." + name;
    }
    String layer = LAYERS.getOrDefault(stack.group(1), stack.group(1));
    return "temporal_res_block." + layer + "." + stack.group(2);
  }
}
