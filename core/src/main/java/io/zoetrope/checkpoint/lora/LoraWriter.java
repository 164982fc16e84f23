package io.zoetrope.checkpoint.lora;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.nn.Lora;
import io.zoetrope.record.Json;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a LoRA by the names of PEFT: {@code NETWORK.LAYER.lora_A.weight} and {@code lora_B}. The
 * scale of each update is folded into its B, so that it acts as meant also where nobody reads a
 * scale; the header says alpha = rank to those who do.
 */
public final class LoraWriter {
  private LoraWriter() {}

  /**
   * Writes a file, whole or not at all.
   *
   * @param network whose layers are updated: {@code unet}, {@code transformer}, {@code
   *     text_encoder}
   * @param header what else is said about it
   */
  public static void write(Path file, String network, Lora lora, Map<String, String> header) {
    Scopes.run(() -> {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      ObjectNode config = Json.MAPPER.createObjectNode();
      ArrayNode layers = Json.MAPPER.createArrayNode();
      lora.updates()
          .forEach((layer, update) -> {
            String name = network + "." + layer;
            tensors.put(name + ".lora_A.weight", update.down().detach());
            tensors.put(name + ".lora_B.weight", folded(update));
            layers.add(layer);
            config.put(network + ".r", update.rank());
            config.put(network + ".lora_alpha", update.rank());
          });
      config.set(network + ".target_modules", layers);
      Map<String, String> metadata = new LinkedHashMap<>(header);
      metadata.put("format", "pt");
      metadata.put(LoraScales.METADATA, Json.MAPPER.writeValueAsString(config));
      Safetensors.write(file, tensors, metadata);
    });
  }

  private static Tensor folded(Lora.Update update) {
    return update.scale() == 1
        ? update.up().detach()
        : Ops.mul(update.up().detach(), update.scale());
  }
}
