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
  private static final String KINDS = "resnets|attentions|temp_convs|temp_attentions";
  private static final Pattern DOWN =
      Pattern.compile("down_blocks\\.(\\d+)\\.(" + KINDS + "|downsamplers)\\.(\\d+)\\.(.+)");
  private static final Pattern UP =
      Pattern.compile("up_blocks\\.(\\d+)\\.(" + KINDS + "|upsamplers)\\.(\\d+)\\.(.+)");
  private static final Pattern MIDDLE =
      Pattern.compile("mid_block\\.(" + KINDS + ")\\.(\\d+)\\.(.+)");
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

  /** The layer after the first convolution of ModelScope's, whose blocks have parts over time. */
  private static final String START = "transformer_in.";

  /** Blocks of a resolution, and whether there are parts over time between their others. */
  private record Shape(int blocks, boolean overTime) {
    /** Which part of its block a layer is in. */
    int part(String kind) {
      return switch (kind) {
        case "attentions" -> 1;
        case "temp_attentions" -> 2;
        default -> 0;
      };
    }

    boolean knows(String kind) {
      return overTime || !kind.startsWith("temp_");
    }

    /** Parts that stand between the residual blocks of the bottom, and one. */
    int between() {
      return overTime ? 3 : 2;
    }
  }

  private FirstCodeNames() {}

  /**
   * The layers of a network that the first code has a name for, by these names; of ModelScope's
   * also those that its own code added.
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
      Shape shape = new Shape(blocks, layers.stream().anyMatch(l -> l.startsWith(START)));
      for (String layer : layers) {
        name(layer, shape, layers).ifPresent(name -> names.put(name, layer));
      }
    }
    return names;
  }

  private static Optional<String> name(String layer, Shape shape, Collection<String> all) {
    int blocks = shape.blocks;
    Matcher down = DOWN.matcher(layer);
    if (down.matches()) {
      int first = 1 + number(down, 1) * (blocks + 1);
      return down.group(2).equals("downsamplers")
          ? Optional.of(
              "input_blocks.%s.%sop".formatted(first + blocks, shape.overTime ? "" : "0."))
          : inner(down, "input_blocks", shape, j -> first + j);
    }
    Matcher up = UP.matcher(layer);
    if (up.matches()) {
      int first = number(up, 1) * (blocks + 1);
      if (!up.group(2).equals("upsamplers")) {
        return inner(up, "output_blocks", shape, j -> first + j);
      }
      String attention = "up_blocks.%s.attentions.".formatted(up.group(1));
      boolean attends = all.stream().anyMatch(other -> other.startsWith(attention));
      return Optional.of(
          "output_blocks.%s.%s.conv".formatted(first + blocks, attends ? shape.between() : 1));
    }
    Matcher middle = MIDDLE.matcher(layer);
    if (middle.matches()) {
      String kind = middle.group(1);
      int place = shape.part(kind) + shape.between() * number(middle, 2);
      return within(kind, middle.group(3), shape)
          .map(rest -> "middle_block.%s.%s".formatted(place, rest));
    }
    return layer.startsWith(START)
        ? Optional.of("input_blocks.0.1." + layer.substring(START.length()))
        : Optional.ofNullable(ENDS.get(layer));
  }

  private static Optional<String> inner(
      Matcher at, String list, Shape shape, IntUnaryOperator place) {
    String kind = at.group(2);
    return within(kind, at.group(4), shape)
        .map(rest ->
            "%s.%s.%s.%s".formatted(list, place.applyAsInt(number(at, 3)), shape.part(kind), rest));
  }

  /** What a layer is called within its part. */
  private static Optional<String> within(String kind, String rest, Shape shape) {
    if (!shape.knows(kind)) {
      return Optional.empty();
    }
    return switch (kind) {
      case "resnets" -> Optional.ofNullable(RESNET.get(rest));
      case "temp_convs" -> Optional.of("temopral_conv." + rest);
      default -> Optional.of(rest);
    };
  }

  private static int number(Matcher at, int group) {
    return Integer.parseInt(at.group(group));
  }
}
