package io.zoetrope.checkpoint.lora;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.Lora;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;

/** The names by which a LoRA is written; all are read again by {@link LoraFile}. */
public enum LoraDialect {
  /**
   * PEFT's and diffusers' names, {@code NETWORK.LAYER.lora_A.weight}. The scale is folded into B,
   * and the header says alpha = rank.
   */
  PEFT {
    @Override
    void name(String network, String layer, Lora.Update update, Map<String, Tensor> into) {
      into.put(network + "." + layer + ".lora_A.weight", update.down().detach());
      into.put(network + "." + layer + ".lora_B.weight", folded(update));
    }
  },

  /**
   * kohya's: {@code lora_unet_LAYER.lora_down.weight} with {@code _} for each dot, and an {@code
   * alpha} for each layer, which its readers divide by the rank.
   */
  KOHYA {
    @Override
    void name(String network, String layer, Lora.Update update, Map<String, Tensor> into) {
      String prefix =
          Optional.ofNullable(KOHYA_NETWORKS.get(network))
              .orElseThrow(() ->
                  new UserError(
                      Fault.UNSUPPORTED,
                      "kohya's names are of U-Nets and CLIP, not of a network '%s'"
                          .formatted(network),
                      "write peft"));
      String name = prefix + layer.replace('.', '_');
      into.put(name + ".lora_down.weight", update.down().detach());
      into.put(name + ".lora_up.weight", update.up().detach());
      into.put(name + ".alpha", Tensors.full(update.scale() * update.rank()));
    }
  },

  /**
   * AnimateDiff's MotionLoRA: attentions of motion modules by their original names. Its readers
   * know no alpha, so the scale is folded into the second factor.
   */
  MOTION_LORA {
    @Override
    void name(String network, String layer, Lora.Update update, Map<String, Tensor> into) {
      Matcher place = MOTION.matcher(layer);
      if (!place.matches()) {
        throw new UserError(
            Fault.MISMATCH,
            "a MotionLoRA updates attentions of motion modules alone, and '%s' is none"
                .formatted(layer),
            "let targets be [time-attention], or write peft");
      }
      String stem =
          "%s.temporal_transformer.%s.attention_blocks.%s.processor.%s_lora."
              .formatted(
                  place.group(1),
                  place.group(2),
                  Integer.parseInt(place.group(3)) - 1,
                  place.group(4));
      into.put(stem + "down.weight", update.down().detach());
      into.put(stem + "up.weight", folded(update));
    }
  };

  private static final Map<String, String> KOHYA_NETWORKS =
      Map.of("unet", "lora_unet_", "text_encoder", "lora_te_");

  private static final Pattern MOTION =
      Pattern.compile(
          "(.*motion_modules\\.\\d+)\\.(transformer_blocks\\.\\d+)\\.attn([12])\\.(to_(?:q|k|v|out))(?:\\.0)?");

  /** Puts one update under its names. */
  abstract void name(String network, String layer, Lora.Update update, Map<String, Tensor> into);

  /**
   * The tensors of a file. Some are new and belong to the caller's scope.
   *
   * @param network whose layers are updated: {@code unet}, {@code transformer}, {@code
   *     text_encoder}
   * @throws UserError if this dialect has no name for a layer
   */
  public SequencedMap<String, Tensor> tensors(String network, Lora lora) {
    SequencedMap<String, Tensor> named = new LinkedHashMap<>();
    lora.updates().forEach((layer, update) -> name(network, layer, update, named));
    return named;
  }

  private static Tensor folded(Lora.Update update) {
    return update.scale() == 1
        ? update.up().detach()
        : Ops.mul(update.up().detach(), update.scale());
  }
}
