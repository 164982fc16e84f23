package io.zoetrope.checkpoint.keys;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of Wan's own code for the weights of its autoencoders, in diffusers' terms. The decoder
 * of 2.1 is one flat list, in which each resolution has its blocks and then a change of size; 2.2
 * has a list for each resolution.
 */
final class WanVaeKeys {
  private static final String NESTED = "decoder.upsamples.0.upsamples.0.residual.2.weight";
  private static final String FLAT = "decoder.upsamples.0.residual.2.weight";

  private static final Pattern RESIZE =
      Pattern.compile("decoder\\.upsamples\\.(\\d+)\\.resample\\..*");
  private static final Pattern LEVEL =
      Pattern.compile("(encoder\\.down|decoder\\.up)samples\\.(\\d+)\\.(.+)");
  private static final Pattern INNER = Pattern.compile("(?:down|up)samples\\.(\\d+)\\.(.+)");
  private static final Pattern MIDDLE =
      Pattern.compile("(encoder|decoder)\\.middle\\.(\\d)\\.(.+)");
  private static final Pattern END =
      Pattern.compile("(encoder|decoder)\\.(conv1|head\\.0|head\\.2)\\.(.+)");
  private static final Pattern OUTER = Pattern.compile("(conv[12])\\.(.+)");

  private static final Map<String, String> ENDS =
      Map.of("conv1", "conv_in", "head.0", "norm_out", "head.2", "conv_out");
  private static final Map<String, String> OUTERS =
      Map.of("conv1", "quant_conv", "conv2", "post_quant_conv");
  private static final Map<String, String> MIDDLES =
      Map.of("0", "resnets.0", "1", "attentions.0", "2", "resnets.1");
  private static final Pattern RESNET = Pattern.compile("(residual\\.[0236]|shortcut)\\.(.+)");
  private static final Map<String, String> RESNETS =
      Map.of(
          "residual.0", "norm1",
          "residual.2", "conv1",
          "residual.3", "norm2",
          "residual.6", "conv2",
          "shortcut", "conv_shortcut");

  private WanVaeKeys() {}

  /**
   * The names of a file's keys; empty if it is none of these. A key that the code has not is
   * itself.
   */
  static Optional<UnaryOperator<String>> of(Collection<String> keys) {
    if (keys.contains(NESTED)) {
      return Optional.of(WanVaeKeys::nested);
    }
    if (!keys.contains(FLAT)) {
      return Optional.empty();
    }
    // The first change of size follows the blocks of a resolution.
    int resize =
        keys.stream()
            .map(RESIZE::matcher)
            .filter(Matcher::matches)
            .mapToInt(m -> Integer.parseInt(m.group(1)))
            .min()
            .orElse(Integer.MAX_VALUE - 1);
    return Optional.of(key -> flat(key, resize));
  }

  private static String flat(String key, int resize) {
    Matcher m = LEVEL.matcher(key);
    if (!m.matches()) {
      return ends(key);
    }
    int index = Integer.parseInt(m.group(2));
    String rest = block(m.group(3));
    if (m.group(1).startsWith("encoder")) {
      return "encoder.down_blocks.%s.%s".formatted(index, rest);
    }
    int level = index / (resize + 1);
    int at = index % (resize + 1);
    return at == resize
        ? "decoder.up_blocks.%s.upsamplers.0.%s".formatted(level, rest)
        : "decoder.up_blocks.%s.resnets.%s.%s".formatted(level, at, rest);
  }

  private static String nested(String key) {
    Matcher m = LEVEL.matcher(key);
    if (!m.matches()) {
      return ends(key);
    }
    Matcher inner = INNER.matcher(m.group(3));
    if (!inner.matches()) {
      return key;
    }
    String rest = inner.group(2);
    String block = block(rest);
    boolean encoder = m.group(1).startsWith("encoder");
    String level = "%s_blocks.%s".formatted(m.group(1), m.group(2));
    return block.equals(rest)
        ? "%s.%s.%s".formatted(level, encoder ? "downsampler" : "upsampler", rest)
        : "%s.resnets.%s.%s".formatted(level, inner.group(1), block);
  }

  private static String ends(String key) {
    Matcher m = MIDDLE.matcher(key);
    if (m.matches() && MIDDLES.containsKey(m.group(2))) {
      return "%s.mid_block.%s.%s".formatted(m.group(1), MIDDLES.get(m.group(2)), block(m.group(3)));
    }
    m = END.matcher(key);
    if (m.matches()) {
      return "%s.%s.%s".formatted(m.group(1), ENDS.get(m.group(2)), m.group(3));
    }
    m = OUTER.matcher(key);
    return m.matches() ? "%s.%s".formatted(OUTERS.get(m.group(1)), m.group(2)) : key;
  }

  /** A name within a block of residuals; itself if it is another one. */
  private static String block(String name) {
    Matcher m = RESNET.matcher(name);
    return m.matches() ? "%s.%s".formatted(RESNETS.get(m.group(1)), m.group(2)) : name;
  }
}
