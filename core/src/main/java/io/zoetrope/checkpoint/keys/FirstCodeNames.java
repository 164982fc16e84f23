package io.zoetrope.checkpoint.keys;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the first (CompVis) code calls the layers of a U-Net, whose blocks it counts through all
 * resolutions: {@code down_blocks.1.attentions.0} is {@code input_blocks.4.1} where a resolution
 * has two blocks.
 */
public final class FirstCodeNames {
  private static final Pattern DOWN =
      Pattern.compile("down_blocks\\.(\\d+)\\.(resnets|attentions|downsamplers)\\.(\\d+)\\.(.+)");
  private static final Pattern UP =
      Pattern.compile("up_blocks\\.(\\d+)\\.(resnets|attentions|upsamplers)\\.(\\d+)\\.(.+)");
  private static final Pattern MIDDLE =
      Pattern.compile("mid_block\\.(resnets|attentions)\\.(\\d+)\\.(.+)");
  private static final Pattern FIRST_STAGE =
      Pattern.compile("down_blocks\\.0\\.resnets\\.(\\d+)\\..*");

  private static final Map<String, String> RESNET =
      Map.of(
          "norm1", "in_layers.0",
          "conv1", "in_layers.2",
          "time_emb_proj", "emb_layers.1",
          "norm2", "out_layers.0",
          "conv2", "out_layers.3",
          "conv_shortcut", "skip_connection");
  private static final Map<String, String> ENDS =
      Map.of(
          "conv_in", "input_blocks.0.0",
          "time_embedding.linear_1", "time_embed.0",
          "time_embedding.linear_2", "time_embed.2",
          "conv_norm_out", "out.0",
          "conv_out", "out.2");

  private FirstCodeNames() {}

  /**
   * The layers of a network that the first code has a name for, by these names.
   *
   * @param layers by diffusers' names; of another network than a U-Net none has another name
   */
  public static Map<String, String> of(Collection<String> layers) {
    int blocks = 0;
    for (String layer : layers) {
      Matcher first = FIRST_STAGE.matcher(layer);
      blocks = first.matches() ? Math.max(blocks, 1 + number(first, 1)) : blocks;
    }
    Map<String, String> names = new LinkedHashMap<>();
    if (blocks > 0) {
      int each = blocks;
      for (String layer : layers) {
        name(layer, each, layers).ifPresent(name -> names.put(name, layer));
      }
    }
    return names;
  }

  private static Optional<String> name(String layer, int blocks, Collection<String> all) {
    Matcher down = DOWN.matcher(layer);
    if (down.matches()) {
      int first = 1 + number(down, 1) * (blocks + 1);
      return down.group(2).equals("downsamplers")
          ? Optional.of("input_blocks.%s.0.op".formatted(first + blocks))
          : inner(down, "input_blocks", j -> first + j);
    }
    Matcher up = UP.matcher(layer);
    if (up.matches()) {
      int first = number(up, 1) * (blocks + 1);
      if (!up.group(2).equals("upsamplers")) {
        return inner(up, "output_blocks", j -> first + j);
      }
      String attention = "up_blocks.%s.attentions.".formatted(up.group(1));
      boolean attends = all.stream().anyMatch(other -> other.startsWith(attention));
      return Optional.of("output_blocks.%s.%s.conv".formatted(first + blocks, attends ? 2 : 1));
    }
    Matcher middle = MIDDLE.matcher(layer);
    if (middle.matches()) {
      boolean resnet = middle.group(1).equals("resnets");
      String rest = resnet ? RESNET.get(middle.group(3)) : middle.group(3);
      int place = resnet ? 2 * number(middle, 2) : 1;
      return Optional.ofNullable(rest).map(r -> "middle_block.%s.%s".formatted(place, r));
    }
    return Optional.ofNullable(ENDS.get(layer));
  }

  private static Optional<String> inner(Matcher at, String list, IntUnaryOperator place) {
    boolean resnet = at.group(2).equals("resnets");
    String rest = resnet ? RESNET.get(at.group(4)) : at.group(4);
    return Optional.ofNullable(rest)
        .map(
            r -> "%s.%s.%s.%s".formatted(list, place.applyAsInt(number(at, 3)), resnet ? 0 : 1, r));
  }

  private static int number(Matcher at, int group) {
    return Integer.parseInt(at.group(group));
  }
}
