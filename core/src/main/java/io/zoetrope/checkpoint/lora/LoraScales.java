package io.zoetrope.checkpoint.lora;

import io.zoetrope.checkpoint.safetensors.SafetensorsHeader;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a file says about the scales of its updates besides an {@code alpha} for each: PEFT's {@code
 * adapter_config.json}, or what newer diffusers put into the header ({@code lora_adapter_metadata},
 * with the network's name before each field).
 */
final class LoraScales {
  static final String PEFT_WEIGHTS = "adapter_model.safetensors";

  static final String METADATA = "lora_adapter_metadata";
  private final Path source;
  private final JsonNode config;
  private final boolean byNetwork;

  private LoraScales(Path source, JsonNode config, boolean byNetwork) {
    this.source = source;
    this.config = config;
    this.byNetwork = byNetwork;
  }

  /**
   * Reads what belongs to a file.
   *
   * @throws UserError if it is damaged, or the adapter is no plain LoRA
   */
  static LoraScales of(Path file, Map<String, String> metadata) {
    String header = metadata.get(METADATA);
    if (PEFT_WEIGHTS.equals(String.valueOf(file.getFileName()))) {
      Path config = file.resolveSibling("adapter_config.json");
      if (!Files.isRegularFile(config)) {
        throw new UserError(
            Fault.NOT_FOUND,
            "no file %s: it says how strong the LoRA beside it is".formatted(config));
      }
      try {
        return new LoraScales(
            config, plain(config, Json.MAPPER.readTree(Files.readAllBytes(config))), false);
      } catch (JacksonException e) {
        throw bad(config, SafetensorsHeader.clean(e.getOriginalMessage()));
      } catch (IOException e) {
        throw AtomicFiles.cannot("read", config, e);
      }
    }
    if (header != null) {
      try {
        return new LoraScales(file, Json.MAPPER.readTree(header), true);
      } catch (JacksonException e) {
        throw bad(file, METADATA + ": " + SafetensorsHeader.clean(e.getOriginalMessage()));
      }
    }
    return new LoraScales(file, Json.MAPPER.createObjectNode(), true);
  }

  private static JsonNode plain(Path file, JsonNode config) {
    String kind = config.path("peft_type").asString("LORA");
    if (!kind.equals("LORA")) {
      throw bad(file, "it is of kind " + SafetensorsHeader.clean(kind) + ", not LORA");
    }
    if (config.path("fan_in_fan_out").asBoolean(false)) {
      throw bad(file, "fan_in_fan_out is for networks that are not here");
    }
    if (!config.path("lora_alpha").isNumber()) {
      throw bad(file, "it has no lora_alpha");
    }
    return config;
  }

  private static UserError bad(Path file, String cause) {
    return new UserError(
        Fault.DAMAGED, "%s is no description of a LoRA: %s".formatted(file, cause));
  }

  /**
   * The scale of an update.
   *
   * @param alpha the update's own, which goes before all
   */
  double scale(LoraKey key, long rank, OptionalDouble alpha) {
    String prefix = byNetwork ? prefix(key) : "";
    double strength = alpha.orElseGet(() -> alpha(prefix, key.layer()).orElse(rank));
    if (config.path(prefix + "use_dora").asBoolean(false)) {
      throw bad(source, "it is of DoRA; only plain LoRA can be used");
    }
    // Kalajdzievski, "A rank stabilization scaling factor for fine-tuning with LoRA", 2023.
    boolean stabilised = config.path(prefix + "use_rslora").asBoolean(false);
    return strength / (stabilised ? Math.sqrt(rank) : rank);
  }

  private OptionalDouble alpha(String prefix, String layer) {
    for (var entry : config.path(prefix + "alpha_pattern").properties()) {
      try {
        // PEFT's own rule: the key is an expression for the end of the layer's name.
        if (Pattern.matches("(.*\\.)?(" + entry.getKey() + ")", layer)) {
          return OptionalDouble.of(entry.getValue().asDouble(Double.NaN));
        }
      } catch (PatternSyntaxException e) {
        throw bad(
            source, "alpha_pattern has '%s'".formatted(SafetensorsHeader.clean(entry.getKey())));
      }
    }
    JsonNode all = config.path(prefix + "lora_alpha");
    return all.isNumber() ? OptionalDouble.of(all.asDouble(0)) : OptionalDouble.empty();
  }

  private String prefix(LoraKey key) {
    if (key.part().isEmpty()) {
      return "";
    }
    return switch (key.part().get()) {
      case DENOISER -> config.has("transformer.lora_alpha") ? "transformer." : "unet.";
      case TEXT_ENCODER -> "text_encoder.";
      case TEXT_ENCODER_2 -> "text_encoder_2.";
    };
  }
}
