package io.zoetrope.checkpoint.lora;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.nn.Lora;
import io.zoetrope.record.Json;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes a LoRA, by the names of a dialect. */
public final class LoraWriter {
  private LoraWriter() {}

  /**
   * Writes a file, whole or not at all.
   *
   * @param network whose layers are updated: {@code unet}, {@code transformer}, {@code
   *     text_encoder}
   * @param header what else is said about it
   * @throws io.zoetrope.error.UserError if the dialect has no name for a layer
   */
  public static void write(
      Path file, LoraDialect dialect, String network, Lora lora, Map<String, String> header) {
    Scopes.run(() -> {
      Map<String, String> metadata = new LinkedHashMap<>(header);
      metadata.put("format", "pt");
      metadata.putAll(
          switch (dialect) {
            case PEFT -> Map.of(LoraScales.METADATA, scales(network, lora));
            case KOHYA -> kohya(lora);
            case MOTION_LORA -> Map.<String, String>of();
          });
      Safetensors.write(file, dialect.tensors(network, lora), metadata);
    });
  }

  /** What newer diffusers reads: alpha = rank, for the scale is in the factors. */
  private static String scales(String network, Lora lora) {
    ObjectNode config = Json.MAPPER.createObjectNode();
    ArrayNode layers = Json.MAPPER.createArrayNode();
    lora.updates()
        .forEach((layer, update) -> {
          layers.add(layer);
          config.put(network + ".r", update.rank());
          config.put(network + ".lora_alpha", update.rank());
        });
    config.set(network + ".target_modules", layers);
    return Json.MAPPER.writeValueAsString(config);
  }

  /** What programs list of a file without reading its tensors. */
  private static Map<String, String> kohya(Lora lora) {
    Lora.Update first = lora.updates().firstEntry().getValue();
    return Map.of(
        "ss_network_module",
        "networks.lora",
        "ss_network_dim",
        Long.toString(first.rank()),
        "ss_network_alpha",
        Double.toString(first.scale() * first.rank()),
        "modelspec.sai_model_spec",
        "1.0.0");
  }
}
