package io.zoetrope.checkpoint.keys;

import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.PackedTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;

/**
 * The names of ModelScope's own code for its U-Net, which VGen took over, in diffusers' terms. They
 * are those of the first code ({@link StableDiffusionKeys}), with {@code temopral_conv} within
 * residual blocks and attention over time as the third part of a block.
 *
 * @param prefix before the names of the U-Net in a file
 * @param blocks of each resolution
 */
public record ModelScopeKeys(String prefix, int blocks) {
  /**
   * What may stand before them: nothing in ModelScope's file, others in those of other programs.
   */
  private static final List<String> PREFIXES =
      List.of("", "model.diffusion_model.", "diffusion_model.", "unet.", "model.", "module.");

  /** The layer after the first convolution: no other network of that code has it. */
  private static final String START = "input_blocks.0.1.transformer_blocks.";

  private static final Set<String> PARTS =
      Set.of("time_embed", "input_blocks", "middle_block", "output_blocks", "out");

  private static final Pattern PLACE =
      Pattern.compile("(input|output)_blocks\\.(\\d+)\\.(?:(\\d)\\.)?(.+)");
  private static final Pattern MIDDLE = Pattern.compile("middle_block\\.(\\d)\\.(.+)");
  private static final Pattern SHRINK = Pattern.compile("input_blocks\\.(\\d+)\\.(0\\.)?op\\..*");
  private static final Pattern LAYER = Pattern.compile("input_blocks\\.(\\d+)\\..*");
  private static final Pattern CONVOLUTION = Pattern.compile("(?:temopral|temporal)_conv\\.(.+)");

  /**
   * Of a file.
   *
   * @param names of all that it holds
   * @return empty if there is no such U-Net in it
   */
  public static Optional<ModelScopeKeys> of(Set<String> names) {
    for (String prefix : PREFIXES) {
      if (names.stream().anyMatch(name -> name.startsWith(prefix + START))) {
        return Optional.of(new ModelScopeKeys(prefix, blocks(prefix, names)));
      }
    }
    return Optional.empty();
  }

  /** Those before the first place where the picture is halved. */
  private static int blocks(String prefix, Set<String> names) {
    List<String> own = names.stream().filter(name -> name.startsWith(prefix)).toList();
    return own.stream()
        .map(name -> SHRINK.matcher(name.substring(prefix.length())))
        .filter(Matcher::matches)
        .mapToInt(at -> Integer.parseInt(at.group(1)) - 1)
        .min()
        .orElseGet(() ->
            own.stream()
                .map(name -> LAYER.matcher(name.substring(prefix.length())))
                .filter(Matcher::matches)
                .mapToInt(at -> Integer.parseInt(at.group(1)))
                .max()
                .orElse(0));
  }

  /** Whether a name of the file is the U-Net's: without a prefix, all that are of no other part. */
  private boolean has(String name) {
    return name.startsWith(prefix)
        && !name.startsWith("first_stage_model.")
        && !name.startsWith("cond_stage_model.")
        && !StableDiffusionKeys.leftBehind(name);
  }

  /**
   * The weights of the U-Net; valid as long as the file is open.
   *
   * @param kept takes views of the file's tensors, which must live as long
   * @throws UserError if it has layers that ModelScope's has not: it is of another model then
   */
  public WeightSource weights(WeightSet file, UnaryOperator<Tensor> kept) {
    Map<String, String> names = new LinkedHashMap<>();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    requireKnown(file);
    file.tensors()
        .forEach((key, tensor) -> {
          if (has(key)) {
            String name = name(key.substring(prefix.length())).orElse(key);
            names.put(key, name);
            tensors.put(key, flat(name, tensor) ? kept.apply(matrix(tensor)) : tensor);
          }
        });
    return WeightSource.of(
        "unet", file.path().toString(), tensors, key -> names.getOrDefault(key, key));
  }

  private void requireKnown(WeightSet file) {
    Set<String> others = new TreeSet<>();
    for (String name : file.entries().keySet()) {
      if (has(name)) {
        int dot = name.indexOf('.', prefix.length());
        others.add(name.substring(prefix.length(), dot < 0 ? name.length() : dot));
      }
    }
    others.removeAll(PARTS);
    if (!others.isEmpty()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s: its U-Net has %s beside what ModelScope's has: it is of another model of that code"
              .formatted(file.path(), String.join(", ", others)));
    }
  }

  /** Projections are convolutions of one place there, linear layers here. */
  private static boolean flat(String name, Tensor tensor) {
    return tensor.dim() > 2
        && (name.endsWith(".proj_in.weight") || name.endsWith(".proj_out.weight"));
  }

  private static Tensor matrix(Tensor tensor) {
    return PackedTensor.shaped(tensor, tensor.size(0), tensor.numel() / tensor.size(0));
  }

  /**
   * The name in diffusers' terms.
   *
   * @param key without the prefix
   * @return empty if no layer is called so
   */
  public Optional<String> name(String key) {
    Matcher place = PLACE.matcher(key);
    if (place.matches()) {
      int index = Integer.parseInt(place.group(2));
      String part = place.group(3) == null ? "" : place.group(3);
      return place.group(1).equals("input")
          ? down(index, part, place.group(4))
          : up(index, part, place.group(4));
    }
    Matcher middle = MIDDLE.matcher(key);
    if (middle.matches()) {
      return switch (middle.group(1)) {
        case "0" -> resnet("mid_block", 0, middle.group(2));
        case "1" -> Optional.of("mid_block.attentions.0." + middle.group(2));
        case "2" -> Optional.of("mid_block.temp_attentions.0." + middle.group(2));
        case "3" -> resnet("mid_block", 1, middle.group(2));
        default -> Optional.empty();
      };
    }
    return StableDiffusionKeys.renamed(key, StableDiffusionKeys.UNET_ENDS);
  }

  private Optional<String> down(int index, String part, String inner) {
    if (index == 0) {
      return switch (part) {
        case "0" -> Optional.of("conv_in." + inner);
        case "1" -> Optional.of("transformer_in." + inner);
        default -> Optional.empty();
      };
    }
    String at = "down_blocks." + (index - 1) / (blocks + 1);
    int block = (index - 1) % (blocks + 1);
    if (block == blocks) {
      return inner.startsWith("op.")
          ? Optional.of(at + ".downsamplers.0.conv." + inner.substring("op.".length()))
          : Optional.empty();
    }
    return layer(at, block, part, inner);
  }

  private Optional<String> up(int index, String part, String inner) {
    String at = "up_blocks." + index / (blocks + 1);
    // The change of size stands behind the last block, with attention or without.
    return inner.startsWith("conv.")
        ? Optional.of(at + ".upsamplers.0." + inner)
        : layer(at, index % (blocks + 1), part, inner);
  }

  private static Optional<String> layer(String at, int block, String part, String inner) {
    return switch (part) {
      case "0" -> resnet(at, block, inner);
      case "1" -> Optional.of("%s.attentions.%s.%s".formatted(at, block, inner));
      case "2" -> Optional.of("%s.temp_attentions.%s.%s".formatted(at, block, inner));
      default -> Optional.empty();
    };
  }

  private static Optional<String> resnet(String at, int block, String inner) {
    Matcher convolution = CONVOLUTION.matcher(inner);
    return convolution.matches()
        ? Optional.of("%s.temp_convs.%s.%s".formatted(at, block, convolution.group(1)))
        : StableDiffusionKeys.renamed(inner, StableDiffusionKeys.RESNET)
            .map(name -> "%s.resnets.%s.%s".formatted(at, block, name));
  }
}
